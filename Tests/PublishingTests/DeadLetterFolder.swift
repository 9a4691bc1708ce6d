import EventModel
import FoundationEssentials
import Glibc
import Logging
import Publishing
import TestSupport
import Testing

/// A temporary directory with dead letters, removed in the end.
final class DeadLetterFolder {
    let root: String
    /// Does not exist before the first letter.
    var path: String { root + "/data/dead-letters/out" }

    init() {
        var template = Array("/tmp/needletail-letters-XXXXXX".utf8CString)
        root = unsafe template.withUnsafeMutableBufferPointer { unsafe String(cString: mkdtemp($0.baseAddress!)) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func store(maximumBytes: Int = 1 << 20) -> DeadLetterStore {
        DeadLetterStore(
            directory: path, pipeline: "out", maximumBytes: maximumBytes,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
    }

    var files: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

    func contents(_ file: String) -> [UInt8] {
        FileManager.default.contents(atPath: "\(path)/\(file)").map(Array.init) ?? []
    }

    func write(_ bytes: [UInt8], to file: String) {
        #expect(FileManager.default.createFile(atPath: "\(path)/\(file)", contents: Data(bytes)))
    }

    var bytes: Int { files.reduce(0) { $0 + contents($1).count } }

    /// Every letter in all files; each line must be a JSON object.
    func letters() throws -> [Letter] {
        try files.flatMap { file in
            let bytes = contents(file)
            #expect(bytes.isEmpty || bytes.last == 0x0a)
            return try bytes.split(separator: 0x0a).map { try JSONDecoder().decode(Letter.self, from: Data($0)) }
        }
    }

    struct Letter: Decodable, Equatable {
        let time, pipeline, file, event_id, reason, answer, line: String
        let offset: UInt64
        let attempts: Int
        let line_hex: String?
    }

    /// Letters for these lines, one after the other in a file.
    static func letters(_ lines: [[UInt8]], reason: String = "no", answer: String = "never") -> [DeadLetter] {
        var factory = BatchFactory()
        let batch = factory.batch(lines)
        return lines.indices.map {
            DeadLetter(batch: batch, event: $0, attempts: 3, rejection: .init(reason: reason, answer: answer))
        }
    }

    static func letters(_ lines: [String]) -> [DeadLetter] { letters(lines.map { Array($0.utf8) }) }
}
