import ByteTools
import EventModel
import LumberjackCodec

extension BenchCase {
    /// Events behind their headers, then compressed, as `output.logstash` does with its default level.
    static let lumberjackFrames = BenchCase(name: "lumberjack frames") { lines in
        let batch = ZapLines.batch(try BenchShape.plain())
        let frames = LumberjackFrames()
        let passes = ZapLines.passes(for: lines)
        return {
            for _ in 0..<passes { try frames.put(batch) }
            return ZapLines.work(passes: passes)
        }
    }
}

/// Windows of a compressed frame each.
private final class LumberjackFrames {
    /// As in `LumberjackWire`.
    private static let frameBytes = 256 * 1024
    private static let level = 3

    private let events = Scratch(capacity: frameBytes)
    private let packed: Scratch
    private let compressor: FrameCompressor

    init() {
        compressor = FrameCompressor(level: LumberjackFrames.level)
        packed = Scratch(capacity: compressor.bound(LumberjackFrames.frameBytes))
    }

    func put(_ batch: Batch) throws {
        var encoder = EventEncoder(batch)
        var next = 0
        while next < batch.count {
            let bytes = putEvents(batch, &encoder, &next)
            guard bytes > 0 else { throw BenchError(message: "line \(next) fits into no frame") }
            try compress(bytes)
        }
    }

    /// As many events as fit.
    /// - Returns: the bytes they take.
    private func putEvents(_ batch: Batch, _ encoder: inout EventEncoder, _ next: inout Int) -> Int {
        var cursor = events.cursor
        var sequence = 0
        while next < batch.count, cursor.room > LumberjackFrame.eventHeaderBytes {
            var header = cursor
            cursor.advance(LumberjackFrame.eventHeaderBytes)
            let room = cursor.room
            guard encoder.encode(next, to: &cursor) else {
                cursor = header
                break
            }
            sequence += 1
            next += 1
            LumberjackFrame.putEventHeader(sequence: sequence, length: room - cursor.room, to: &header)
        }
        return events.capacity - cursor.room
    }

    private func compress(_ bytes: Int) throws {
        let input = unsafe UnsafeRawBufferPointer(rebasing: events.buffer[..<bytes])
        guard unsafe compressor.compress(input, into: packed.buffer) != nil else {
            throw BenchError(message: "a frame of \(bytes) bytes could not be compressed")
        }
    }
}
