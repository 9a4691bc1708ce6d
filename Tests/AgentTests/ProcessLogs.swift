import Glibc
import TestSupport

/// A program that writes numbered lines to several files, and rotates, truncates and deletes them.
///
/// Every file, and every new life of one, is a series of its own; `written` has the last number of each.
struct ProcessLogs {
    /// How a line looks.
    enum Form {
        /// 20 to 150 bytes of text that begin and end with what tells one life of a file from another.
        case plain
        /// What a service writes with zap: JSON, with a trace that 20 lines share.
        case zap
    }
    private struct File {
        let path: String
        var descriptor: Int32
        var series: String
    }
    private(set) var written: [String: Int] = [:]
    private(set) var total = 0
    private var files: [File] = []
    private var lives = 0
    private let form: Form

    init(_ directory: String, files names: [String], form: Form = .plain) {
        self.form = form
        for name in names {
            let path = "\(directory)/\(name)"
            files.append(File(path: path, descriptor: ProcessLogs.open(path), series: ""))
            begin(files.count - 1)
        }
    }

    var count: Int { files.count }
    /// What the file's lines are called now.
    func series(_ index: Int) -> String { files[index].series }

    private static func open(_ path: String) -> Int32 {
        let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        precondition(descriptor >= 0, "\(path) cannot be opened")
        return descriptor
    }

    /// A new series for the file.
    private mutating func begin(_ index: Int) {
        lives += 1
        let name = files[index].path.split(separator: "/").last ?? ""
        files[index].series = "\(name)-\(lives)"
        written[files[index].series] = 0
    }

    /// Appends lines in one write.
    mutating func append(_ index: Int, _ lines: Int) {
        let series = files[index].series
        var number = written[series] ?? 0
        var text = ""
        for _ in 0..<lines {
            number += 1
            text += form.line(series, number) + "\n"
        }
        let bytes = Array(text.utf8)
        precondition(unsafe write(files[index].descriptor, bytes, bytes.count) == bytes.count, "a short write")
        written[series] = number
        total += lines
    }

    /// Renames the file, and goes on in a new one of the old name.
    mutating func rotate(_ index: Int, to name: String? = nil) {
        let path = files[index].path
        let target = name.map { "\(path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 })/\($0)" }
        _ = unsafe rename(path, target ?? "\(path).\(lives)")
        renew(index)
    }

    /// Deletes the file, and goes on in a new one.
    mutating func delete(_ index: Int) {
        _ = unsafe unlink(files[index].path)
        renew(index)
    }

    private mutating func renew(_ index: Int) {
        close(files[index].descriptor)
        files[index].descriptor = ProcessLogs.open(files[index].path)
        begin(index)
    }

    /// Empties the file and goes on in it.
    mutating func truncate(_ index: Int) {
        ftruncate(files[index].descriptor, 0)
        begin(index)
    }

    mutating func finish() {
        for file in files { close(file.descriptor) }
        files = []
    }
}

extension ProcessLogs.Form {
    /// The line of that number, without its end.
    func line(_ series: String, _ number: Int) -> String {
        let text = "\(series)#\(number) " + String(repeating: "x", count: number * 7 % 110) + " \(series)"
        guard self == .zap else { return text }
        var random = SeededGenerator(seed: UInt64(number / 20))
        let trace = String(random.next() | 1 << 63, radix: 16) + String(random.next() | 1 << 63, radix: 16)
        return """
            {"level":"\(number % 50 == 0 ? "error" : "info")","ts":\(1_795_420_000 + number / 1000).\(number % 1000),\
            "logger":"\(series)","msg":"\(text)","trace_id":"\(trace)"}
            """
    }
}

extension SeededGenerator {
    /// `NEEDLETAIL_SEED` is added to the seed, to look for trouble elsewhere.
    init(processSeed seed: UInt64) {
        let more = unsafe getenv("NEEDLETAIL_SEED").flatMap { unsafe UInt64(String(cString: $0)) } ?? 0
        self.init(seed: seed &+ more)
    }
}
