import EventModel
import Parsing

/// How an input's bytes become lines: encoding, terminator, and the lines that are left out.
struct LineReading {
    /// Lines end with LF (CR before it left out), and the bytes need no recoding.
    let isPlain: Bool

    init(_ settings: FileInputSettings) throws {
        isPlain = true
    }

    /// The line is dropped by `include_lines` or `exclude_lines`.
    func drops(_ line: UnsafePointer<UInt8>, count: Int) -> Bool { false }
}

/// `exclude_files` and `include_files`.
struct PathFilter {
    init(_ settings: FileInputSettings) throws {}

    func accepts(_ path: String) -> Bool { true }
    func acceptsTarget(of path: String) -> Bool { true }
}

extension FileInput {
    func readRecoded(_ state: FileState, _ batch: BatchBuilder) throws(Syscall.Failure) -> Harvest { .atEnd }
}
