/// One thing that is measured.
///
/// What it costs is counted from outside too (`Benchmarks/gate.sh`): the difference between a run with N and one with
/// 2N lines is the cost of N lines, and whatever is done once falls out.
struct BenchCase: Sendable {
    /// What was handled, in lines and bytes of log.
    struct Work: Sendable {
        var lines = 0
        var bytes = 0
    }

    let name: String
    /// Makes what is needed beforehand and returns the part to be measured.
    let prepare: @Sendable (_ lines: Int) throws -> () throws -> Work

    static let all = [
        splitLines, escape, encodeEvents, validateNdjson, encodeNdjson, normalizeECS, encodeECS, lumberjackFrames,
        fileToNull,
        openRegistry, store, scanEvents, scanEncoded,
    ]

    func measure(lines: Int) throws -> Measurement {
        let body = try prepare(lines)
        return try Measurement(body)
    }
}
