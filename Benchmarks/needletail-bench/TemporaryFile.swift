import Glibc

/// A file of zap-like lines in `TMPDIR` that is gone when nobody holds it any more.
final class TemporaryFile: Sendable {
    let path: String

    /// - Parameter passes: how often all of `ZapLines` are written to it.
    init(passes: Int) throws {
        let directory = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(directory)/needletail-bench-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&template)
        guard file >= 0 else { throw BenchError(message: "no temporary file can be made in \(directory)") }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { close(file) }
        for _ in 0..<passes {
            let written = unsafe ZapLines.block.withUnsafeBytes { unsafe write(file, $0.baseAddress!, $0.count) }
            guard written == ZapLines.block.count else {
                unsafe unlink(path)
                throw BenchError(message: "\(path) cannot be written: is there space?")
            }
        }
    }

    deinit { unsafe unlink(path) }
}
