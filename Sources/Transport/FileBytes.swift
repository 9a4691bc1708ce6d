import Glibc

/// Small files of the configuration: certificates and keys.
enum FileBytes {
    static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

    /// - Parameter setting: the setting that named the file, for the error.
    static func read(_ path: String, _ setting: String) throws(TransportError) -> [UInt8] {
        let fd = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard fd >= 0 else { throw failure(path, setting) }
        defer { close(fd) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe Glibc.read(fd, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, setting) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    private static func failure(_ path: String, _ setting: String) -> TransportError {
        let reason = unsafe String(cString: strerror(errno))
        return TransportError(.configuration, "\(setting): \(path): \(reason)")
    }
}
