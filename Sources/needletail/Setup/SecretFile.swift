import Agent
import ArgumentParser
import Glibc

/// A small file that holds one secret, and nothing else.
enum SecretFile {
    private static let longest = 64 * 1024

    /// Its text without blanks and line breaks around it.
    static func read(_ path: String) throws -> String {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path, unsafe String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= longest {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path, unsafe String(cString: strerror(errno))) }
            if count == 0 { break }
            bytes += chunk[..<count]
        }
        let words = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        guard words.count == 1, bytes.count <= longest else { throw failure(path, "holds no single word") }
        return String(words[0])
    }

    private static func failure(_ path: String, _ reason: String) -> any Error {
        StandardError.write("error: --api-key-file \(TerminalText.safe(path)): \(reason)")
        return ExitCode(ExitStatus.noInput.rawValue)
    }
}
