import Glibc

/// A TCP port of the loopback that is bound and never listened on: whoever connects is refused, and no other test gets it.
/// A server that is told this port may listen on it, with SO_REUSEADDR, again and again.
package final class ReservedPort: Sendable {
    package let port: Int
    private let descriptor: Int32

    /// Any port that is free.
    package init() {
        guard let bound = ReservedPort.bind(0) else { preconditionFailure("no free port") }
        (descriptor, port) = bound
    }

    /// A port that its server has let go of; nil when somebody else has taken it.
    package init?(port wanted: Int) {
        guard let bound = ReservedPort.bind(UInt16(wanted)) else { return nil }
        (descriptor, port) = bound
    }

    deinit { close(descriptor) }

    private static func bind(_ port: UInt16) -> (Int32, Int)? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            let generic = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            return unsafe Glibc.bind(descriptor, generic, length) == 0
                && getsockname(descriptor, generic, &length) == 0
        }
        guard isBound else {
            close(descriptor)
            return nil
        }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}
