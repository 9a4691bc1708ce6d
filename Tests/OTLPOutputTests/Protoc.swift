import Glibc
import TestSupport

/// Debian's protoc reads what we write.
enum Protoc {
    static var isThere: Bool { ChildProcess.find("protoc") != nil }

    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/CollectorTests/Receiving"

    /// The text of an export request.
    static func decode(_ bytes: [UInt8]) async throws -> String {
        var name = Array("/tmp/needletail-otlp-XXXXXX".utf8CString)
        let file = unsafe mkstemp(&name)
        defer { close(file) }
        let path = String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        defer { unsafe unlink(path) }
        let written = unsafe bytes.withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        guard written == bytes.count else { throw Failure(text: "cannot write \(path)") }
        let run = await ChildProcess.run(
            "sh", ["-c", "protoc --decode=test.Export -I '\(folder)' logs.proto < '\(path)'"])
        guard run.status == 0 else { throw Failure(text: run.errors) }
        return run.output
    }

    struct Failure: Error { var text: String }
}
