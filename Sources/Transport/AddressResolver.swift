import CShim
import Glibc
import NIOCore
import NIOPosix

/// Finds the addresses of a host: literals at once, names by getaddrinfo(3) on a thread of its own.
enum AddressResolver {
    /// Two, so that one name whose server does not answer does not hold up the others.
    private static let threads: NIOThreadPool = {
        let pool = NIOThreadPool(numberOfThreads: 2)
        pool.start()
        return pool
    }()

    static func resolve(_ endpoint: Endpoint, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        if let address = try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port) {
            return loop.makeSucceededFuture([address])
        }
        return threads.runIfActive(eventLoop: loop) { try lookUp(endpoint) }
    }

    /// All stream addresses, in the order of RFC 6724.
    private static func lookUp(_ endpoint: Endpoint) throws(TransportError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(endpoint.host, String(endpoint.port), &hints, &list)
        guard code == 0 else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw TransportError(.resolve, "cannot resolve the host name: \(reason)", endpoint: endpoint)
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let entry = unsafe next {
            if let address = unsafe address(entry.pointee) { addresses.append(address) }
            unsafe next = entry.pointee.ai_next
        }
        guard !addresses.isEmpty else {
            throw TransportError(.resolve, "the host name has no address", endpoint: endpoint)
        }
        return addresses
    }

    private static func address(_ entry: addrinfo) -> SocketAddress? {
        guard let raw = unsafe UnsafeRawPointer(entry.ai_addr) else { return nil }
        switch unsafe entry.ai_family {
        case AF_INET: return unsafe SocketAddress(raw.load(as: sockaddr_in.self))
        case AF_INET6: return unsafe SocketAddress(raw.load(as: sockaddr_in6.self))
        default: return nil
        }
    }
}

/// Hands addresses that are known already to NIO's Happy Eyeballs (RFC 8305).
struct KnownAddresses: Resolver {
    let addresses: [SocketAddress]
    let loop: any EventLoop

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet })
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet6 })
    }

    func cancelQueries() {}
}
