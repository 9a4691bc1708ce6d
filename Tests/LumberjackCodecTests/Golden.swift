import Glibc

/// The recorded bytes beside the tests; see `Golden/README.md`.
enum Golden {
    static func bytes(_ name: String, file: String = #filePath) throws -> [UInt8] {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        let fd = unsafe open("\(folder)/Golden/\(name)", O_RDONLY)
        guard fd >= 0 else { throw Missing(name: name) }
        defer { close(fd) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(fd, $0.baseAddress, $0.count) }
        return Array(buffer[..<max(0, count)])
    }

    struct Missing: Error { let name: String }

    static func client(level: Int) throws -> [UInt8] { try bytes("client-level\(level).bin") }

    /// What the recorded client was given to send.
    static let frames: [Frame] = (0..<2).flatMap { window in
        [Frame.window(3)]
            + (0..<3).map {
                .event($0 + 1, "{\"log\":{\"offset\":\(17 * $0)},\"message\":\"window \(window) line \($0)\"}")
            }
    }
}

/// What a decoder found.
enum Frame: Equatable {
    case window(Int)
    case event(Int, String)
    case acknowledgement(Int)
}
