import Glibc
import TestSupport

/// A call on a socket that failed.
struct ProcessSocketError: Error, CustomStringConvertible {
    let call: String
    let number: Int32

    var description: String { "\(call): \(unsafe String(cString: strerror(number)))" }
}

/// Sockets on 127.0.0.1 that a child process does not inherit.
enum ProcessSocket {
    /// A socket that has a port and does not listen. Others of ours may bind the port too, and one may listen.
    static func bound(port: Int) throws(ProcessSocketError) -> (descriptor: Int32, port: Int) {
        let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw ProcessSocketError(call: "socket", number: errno) }
        var yes: Int32 = 1
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = UInt16(port).bigEndian
        name.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failure: Int32 = unsafe withUnsafeMutablePointer(to: &name) { pointer in
            let generic = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            guard unsafe bind(descriptor, generic, length) == 0 else { return errno }
            return unsafe getsockname(descriptor, generic, &length) == 0 ? 0 : errno
        }
        guard failure == 0 else {
            close(descriptor)
            throw ProcessSocketError(call: "bind", number: failure)
        }
        return (descriptor, Int(UInt16(bigEndian: name.sin_port)))
    }

    /// - Returns: -1 when the port cannot be had.
    static func listener(port: Int) -> Int32 {
        guard let (descriptor, _) = try? bound(port: port) else { return -1 }
        guard listen(descriptor, 64) == 0 else {
            close(descriptor)
            return -1
        }
        return descriptor
    }

    static func reset(_ descriptor: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }
}

/// Wakes a thread that polls.
final class ProcessPipe: Sendable {
    let readEnd: Int32
    private let writeEnd: Int32

    init() {
        (readEnd, writeEnd) = ForkLock.pipe()
        for end in [readEnd, writeEnd] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    }

    deinit {
        close(readEnd)
        close(writeEnd)
    }

    func ring() {
        var byte: UInt8 = 1
        _ = unsafe write(writeEnd, &byte, 1)
    }

    func quiet() {
        var bytes = [UInt8](repeating: 0, count: 64)
        while unsafe read(readEnd, &bytes, bytes.count) > 0 {}
    }
}
