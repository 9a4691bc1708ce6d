import ByteTools
import EventModel
import Glibc
package import Logging
package import Synchronization

/// Dead letters as files of NDJSON, oldest first out once there are too many bytes of them.
///
/// Layout: `DIRECTORY/NNNNNNNN.ndjson`, ascending; each line one event:
/// `{"time":…,"pipeline":…,"file":…,"offset":…,"event_id":…,"attempts":…,"reason":…,"answer":…,"line":…}`.
/// `line` is the raw line; where that is no UTF-8, `line_hex` has its exact bytes.
/// Durability: `keep` returns after fsync(2) of the file, and of the directory when the file is new.
package final class DeadLetterStore: DeadLetterSink, Sendable {
    /// One part in so many of the limit is the size of a file, so that eviction takes little at a time.
    private static let fileShare = 8

    /// Letters that had to make room for newer ones.
    package let evicted = Atomic<Int>(0)
    private let directory: String
    private let pipeline: String
    private let maximumBytes: Int
    private let logger: Logger
    private let state: Mutex<State>

    private struct State {
        /// Numbers and sizes of the files, oldest first; read from the directory on first use.
        var files: [(number: Int, size: Int)]?
    }

    /// - Parameter maximumBytes: of all files together.
    package init(directory: String, pipeline: String, maximumBytes: Int, logger: Logger) {
        self.directory = directory
        self.pipeline = pipeline
        self.maximumBytes = maximumBytes
        self.logger = logger
        state = Mutex(State())
    }

    package func keep(_ letters: [DeadLetter]) throws {
        var text: [UInt8] = []
        for letter in letters { append(letter, to: &text) }
        try state.withLock { state in
            if state.files == nil { state.files = try list() }
            let limit = max(4096, maximumBytes / DeadLetterStore.fileShare)
            let last = state.files?.last
            let isNew = last == nil || last!.size + text.count > limit
            let number = isNew ? (last?.number ?? 0) + 1 : last!.number
            let size = isNew ? 0 : last!.size
            try append(text, to: path(number), keeping: size, isNew: isNew)
            if isNew { state.files?.append((number, text.count)) } else { state.files![state.files!.count - 1].size += text.count }
            evict(&state)
        }
        logger.error(
            "events were refused and put into the dead letters",
            metadata: [
                "count": "\(letters.count)", "directory": "\(directory)",
                "reason": "\(letters.first?.rejection.reason ?? "")",
                "answer": "\(letters.first?.rejection.answer ?? "")",
            ])
    }

    private func append(_ letter: DeadLetter, to text: inout [UInt8]) {
        let batch = letter.batch
        let segment = batch.segments[batch.segmentIndex(ofLine: letter.event)]
        let offset = segment.offset(of: batch.lines[letter.event], at: letter.event)
        let line = batch.bytes(at: letter.event)
        let time = TimeText(milliseconds: DeadLetterStore.now())
        func put(_ name: String, _ value: [UInt8]) { text += Array(",\"\(name)\":".utf8) + value }
        text += Array("{\"time\":\"\(time.text)\"".utf8)
        put("pipeline", JSONEscape.quoted(pipeline))
        put("file", JSONEscape.quoted(segment.source.path))
        put("offset", Array(String(offset).utf8))
        put("event_id", JSONEscape.quoted(segment.source.eventID(offset: offset)))
        put("attempts", Array(String(letter.attempts).utf8))
        put("reason", JSONEscape.quoted(letter.rejection.reason))
        put("answer", JSONEscape.quoted(letter.rejection.answer))
        put("line", JSONEscape.quoted(bytes: line))
        if String(validating: line, as: UTF8.self) == nil {
            put("line_hex", [0x22] + line.flatMap { [JSONEscape.hexDigit($0 >> 4), JSONEscape.hexDigit($0 & 15)] } + [0x22])
        }
        text += Array("}\n".utf8)
    }

    private static func now() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func path(_ number: Int) -> String {
        let digits = String(number)
        return directory + "/" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits + ".ndjson"
    }

    private func list() throws -> [(number: Int, size: Int)] {
        try make(directory)
        guard let stream = unsafe opendir(directory) else { throw DeadLetterError(directory, errno) }
        defer { unsafe closedir(stream) }
        var files: [(number: Int, size: Int)] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            guard name.hasSuffix(".ndjson"), let number = Int(name.dropLast(7)) else { continue }
            var info = stat()
            if unsafe stat(path(number), &info) == 0 { files.append((number, Int(info.st_size))) }
        }
        return files.sorted { $0.number < $1.number }
    }

    private func make(_ directory: String) throws {
        var parent = ""
        for part in directory.split(separator: "/") {
            parent += "/" + part
            if unsafe mkdir(parent, 0o750) != 0, errno != EEXIST { throw DeadLetterError(parent, errno) }
        }
    }

    /// Appends, and cuts what a write that failed half-way has left, so that a reader never sees half a letter.
    private func append(_ text: [UInt8], to path: String, keeping size: Int, isNew: Bool) throws {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DeadLetterError(path, errno) }
        defer { close(descriptor) }
        var done = 0
        while done < text.count {
            let count = unsafe text.withUnsafeBytes { bytes in
                unsafe pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, size + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let number = errno
                ftruncate(descriptor, size)
                throw DeadLetterError(path, number)
            }
            done += count
        }
        guard fsync(descriptor) == 0 else { throw DeadLetterError(path, errno) }
        if isNew { try syncDirectory() }
    }

    private func syncDirectory() throws {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw DeadLetterError(directory, errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DeadLetterError(directory, errno) }
    }

    private func evict(_ state: inout State) {
        var total = state.files?.reduce(0) { $0 + $1.size } ?? 0
        while total > maximumBytes, let files = state.files, files.count > 1 {
            let oldest = files[0]
            evicted.add(lines(path(oldest.number)), ordering: .relaxed)
            _ = unsafe unlink(path(oldest.number))
            state.files?.removeFirst()
            total -= oldest.size
            logger.error(
                "the oldest dead letters were deleted, there are too many",
                metadata: ["file.path": "\(path(oldest.number))", "limit": "\(maximumBytes)"])
        }
    }

    private func lines(_ path: String) -> Int {
        guard let file = unsafe fopen(path, "r") else { return 0 }
        defer { unsafe fclose(file) }
        var count = 0
        while true {
            let byte = unsafe fgetc(file)
            if byte == EOF { return count }
            if byte == 0x0a { count += 1 }
        }
    }
}

/// A dead letter could not be made durable.
struct DeadLetterError: Error, CustomStringConvertible {
    let path: String
    let cause: String

    init(_ path: String, _ number: Int32) {
        self.path = path
        cause = unsafe String(cString: strerror(number))
    }

    var description: String { "\(path): \(cause)" }
}
