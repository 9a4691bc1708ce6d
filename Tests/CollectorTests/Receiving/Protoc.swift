import Glibc
import TestSupport

/// Debian's protoc, as another's encoder and decoder of protobuf.
enum Protoc {
    static var isThere: Bool { ChildProcess.find("protoc") != nil }

    private static let folder = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")

    /// The bytes of a message in protobuf's text format.
    static func encode(_ message: String, _ text: String) async throws -> [UInt8] {
        // A pipe of text would not bear bytes, so they come as hexadecimal digits.
        let run = await ChildProcess.run("sh", ["-c", "\(command("encode", message)) | od -An -v -tx1"], input: text)
        guard run.status == 0, run.errors.isEmpty else { throw Failure(text: run.errors) }
        return run.output.split(whereSeparator: \.isWhitespace).compactMap { UInt8($0, radix: 16) }
    }

    /// The text of a message.
    static func decode(_ message: String, _ bytes: [UInt8]) async throws -> String {
        let octal = bytes.map { "\\0" + String($0, radix: 8) }.joined()
        let run = await ChildProcess.run("sh", ["-c", "printf '%b' '\(octal)' | \(command("decode", message))"])
        guard run.status == 0 else { throw Failure(text: run.errors) }
        return run.output
    }

    struct Failure: Error { var text: String }

    private static func command(_ verb: String, _ message: String) -> String {
        "protoc --\(verb)=test.\(message) -I '\(folder)' logs.proto"
    }
}
