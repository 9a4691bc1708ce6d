import ByteTools
import EventFields
import EventModel
import Parsing

/// From a line to its event, without files and sockets.
extension BenchCase {
    /// A line as the inside of a JSON string.
    static let escape = BenchCase(name: "escape") { lines in
        let batch = ZapLines.batch(try BenchShape.plain())
        let scratch = Scratch(capacity: 64 * 1024)
        let passes = ZapLines.passes(for: lines)
        return {
            for _ in 0..<passes {
                for line in batch.lines {
                    var cursor = scratch.cursor
                    _ = unsafe JSONEscape.write(batch.slab.base + Int(line.start), count: line.length, to: &cursor)
                }
            }
            return ZapLines.work(passes: passes)
        }
    }

    /// Whole events, the line as `message`.
    static let encodeEvents = BenchCase(name: "encode events") { lines in
        encode(ZapLines.batch(try BenchShape.plain()), passes: ZapLines.passes(for: lines))
    }

    /// Whole events, the line's members as fields.
    static let encodeNdjson = BenchCase(name: "encode ndjson") { lines in
        var shape = try BenchShape.plain()
        shape.parser = NdjsonParser(NdjsonSettings(), keys: shape.keys)
        return encode(ZapLines.batch(shape), passes: ZapLines.passes(for: lines))
    }

    /// The same with the words of ECS for those of the library.
    static let normalizeECS = BenchCase(name: "normalize ecs") { lines in
        var shape = try BenchShape.plain()
        var settings = NdjsonSettings()
        settings.normalize = .ecs
        shape.parser = NdjsonParser(settings, keys: shape.keys)
        return encode(ZapLines.batch(shape), passes: ZapLines.passes(for: lines))
    }

    /// The same with lines that bring a time of their own, which takes the place of the event's.
    static let encodeECS = BenchCase(name: "encode ecs") { lines in
        var shape = try BenchShape.plain()
        var settings = NdjsonSettings()
        settings.overwriteKeys = true
        shape.parser = NdjsonParser(settings, keys: shape.keys)
        return encode(ZapLines.batch(shape, of: ZapLines.ecs), passes: ZapLines.passes(for: lines))
    }

    /// Service, trace, level and time of the events that an output has encoded, as it asks for them.
    static let scanEncoded = BenchCase(name: "scan encoded") { lines in
        var shape = try BenchShape.plain()
        var settings = NdjsonSettings()
        settings.normalize = .ecs
        shape.parser = NdjsonParser(settings, keys: shape.keys)
        var encoder = EventEncoder(ZapLines.batch(shape))
        let events = (0..<ZapLines.count).map { index in
            unsafe [UInt8](unsafeUninitializedCapacity: 1 << 14) { buffer, count in
                var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
                let room = cursor.room
                _ = encoder.encode(index, to: &cursor)
                count = room - cursor.room
            }
        }
        let passes = ZapLines.passes(for: lines)
        return {
            var scanner = EventScanner()
            for _ in 0..<passes {
                for event in events {
                    let facts = scanner.scan(event.span)
                    guard !facts[.trace].isEmpty, !facts[.service].isEmpty, facts.severity == .info else {
                        throw BenchError(message: "an event does not say what it should")
                    }
                }
            }
            return ZapLines.work(passes: passes)
        }
    }

    private static func encode(_ batch: Batch, passes: Int) -> () throws -> Work {
        let scratch = Scratch(capacity: 1 << 20)
        return {
            for _ in 0..<passes {
                var encoder = EventEncoder(batch)
                var cursor = scratch.cursor
                var index = 0
                while index < batch.count {
                    if encoder.encode(index, to: &cursor) {
                        index += 1
                    } else if cursor.room < scratch.capacity {
                        cursor = scratch.cursor
                    } else {
                        throw BenchError(message: "line \(index) became no event")
                    }
                }
            }
            return ZapLines.work(passes: passes)
        }
    }
}
