/// A parser of hostile input with what must be true of it for any bytes.
///
/// - Use: add a target to `all` and a folder with its name to `Tests/Fuzz/Corpus`; `make fuzz` and the replay test in
///   `make test` find both.
package struct FuzzTarget: Sendable, CustomStringConvertible {
    package let name: String
    /// Throws when something is not as it must be; a crash is a finding too.
    package let check: @Sendable ([UInt8]) throws -> Void

    package var description: String { name }

    package static let all: [FuzzTarget] = [
        .bulk, .bulkAnswer, .configuration, .escape, .eventFormat, .http, .jsonEvent, .jsonTree, .jsonValidator,
        .lineFormat, .lumberjack, .lumberjackServer, .normalize, .otlpJSON, .otlpProtobuf, .pathGlob, .query, .timeText,
    ]
}

/// What was not as it must be.
package struct FuzzFinding: Error, CustomStringConvertible {
    package let description: String

    /// - Parameter bytes: what the finding is about, shown as text.
    init(_ what: String, _ bytes: [UInt8] = []) {
        description = bytes.isEmpty ? what : "\(what): \(String(decoding: bytes.prefix(400), as: UTF8.self))"
    }
}

/// The head of the input decides on settings, so that the fuzzer finds those too; the rest is what is parsed.
struct FuzzInput {
    private(set) var rest: [UInt8]

    init(_ bytes: [UInt8]) { rest = bytes }

    /// The next byte; 0 when there is none.
    mutating func byte() -> UInt8 { rest.isEmpty ? 0 : rest.removeFirst() }

    mutating func choice<Value>(_ values: [Value]) -> Value { values[Int(byte()) % values.count] }

    /// Bytes up to the next NUL, which is left out.
    mutating func part() -> [UInt8] {
        let end = rest.firstIndex(of: 0) ?? rest.count
        defer { rest = Array(rest.dropFirst(end + 1)) }
        return Array(rest[..<end])
    }
}
