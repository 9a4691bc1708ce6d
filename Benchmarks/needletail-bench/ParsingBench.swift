import ByteTools
import EventModel
import Parsing

extension BenchCase {
    /// Whether a line is one JSON object that can be copied into its event, all of it looked at.
    static let validateNdjson = BenchCase(name: "validate ndjson") { lines in
        let shape = try BenchShape.plain()
        let batch = ZapLines.batch(shape)
        let parser = NdjsonParser(NdjsonSettings(), keys: shape.keys)
        let passes = ZapLines.passes(for: lines)
        return {
            var spliced = 0
            for _ in 0..<passes {
                for line in batch.lines {
                    let bytes = unsafe UnsafeBufferPointer(start: batch.slab.base + Int(line.start), count: line.length)
                    if case .splice = unsafe parser.examine(bytes) { spliced += 1 }
                }
            }
            guard spliced == passes * batch.count else {
                throw BenchError(message: "\(passes * batch.count - spliced) lines were not taken as they are")
            }
            return ZapLines.work(passes: passes)
        }
    }
}
