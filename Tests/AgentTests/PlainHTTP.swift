import Glibc
import Testing

/// HTTP/1.1 in the fewest words, over a blocking socket: for asking our own server on loopback.
enum PlainHTTP {
    enum Address {
        case tcp(port: UInt16)
        case unix(path: String)
    }

    struct Answer {
        let status: Int
        /// Lines of the head, in lower case.
        let headers: [String]
        let body: String
    }

    static func get(_ path: String, from address: Address, method: String = "GET") throws -> Answer {
        let descriptor = try connect(address)
        defer { close(descriptor) }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        let request = Array("\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8)
        let sent = unsafe send(descriptor, request, request.count, Int32(MSG_NOSIGNAL))
        try #require(sent == request.count)
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = unsafe recv(descriptor, &buffer, buffer.count, 0), count > 0 {
            bytes += buffer[..<count]
        }
        let text = String(decoding: bytes, as: UTF8.self)
        let (head, body) = try #require(split(text))
        let lines = head.split(whereSeparator: \.isNewline).map { $0.lowercased() }
        let status = try #require(lines.first?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        return Answer(status: status, headers: lines, body: body)
    }

    /// A socket that listens on a free port of 127.0.0.1.
    static func listen() -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var name = loopback(port: 0)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        unsafe withUnsafeMutablePointer(to: &name) { pointer in
            let generic = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            _ = unsafe bind(descriptor, generic, length)
            _ = Glibc.listen(descriptor, 1)
            _ = unsafe getsockname(descriptor, generic, &length)
        }
        return (descriptor, UInt16(bigEndian: name.sin_port))
    }

    private static func split(_ text: String) -> (String, String)? {
        var head: [Substring] = []
        let lines = text.split(separator: "\r\n", omittingEmptySubsequences: false)
        guard let end = lines.firstIndex(of: "") else { return nil }
        head = Array(lines[..<end])
        return (head.joined(separator: "\n"), lines[(end + 1)...].joined(separator: "\r\n"))
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_port = port.bigEndian
        name.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        return name
    }

    /// Nobody listens there.
    struct NoConnection: Error {
        init(_ descriptor: Int32) { close(descriptor) }
    }

    private static func connect(_ address: Address) throws -> Int32 {
        switch address {
        case .tcp(let port):
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var name = loopback(port: port)
            try unsafe withUnsafePointer(to: &name) { pointer in
                let generic = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
                let length = socklen_t(MemoryLayout<sockaddr_in>.size)
                let failure = unsafe Glibc.connect(descriptor, generic, length)
                guard failure == 0 else { throw NoConnection(descriptor) }
            }
            return descriptor
        case .unix(let path):
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            var name = UnixName.make(path)
            try unsafe withUnsafePointer(to: &name) { pointer in
                let generic = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
                let length = socklen_t(MemoryLayout<sockaddr_un>.size)
                let failure = unsafe Glibc.connect(descriptor, generic, length)
                guard failure == 0 else { throw NoConnection(descriptor) }
            }
            return descriptor
        }
    }
}

/// Addresses of unix sockets.
enum UnixName {
    static func make(_ path: String) -> sockaddr_un {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { bytes in
            for (index, byte) in path.utf8.enumerated() { unsafe bytes[index] = byte }
        }
        return name
    }
}
