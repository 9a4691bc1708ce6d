import ByteTools
import EventModel
import Publishing

/// Makes all events in memory, as any output does, and sends them nowhere.
struct NullOutput: Output {
    let traits = OutputTraits(kind: "null", endpoint: "null", window: 4, maxEvents: 4096, maxBytes: 256 * 1024)

    func makeLane(_ index: Int) -> any OutputLane { NullLane() }
    func shutdown() async {}
}

private final class NullLane: OutputLane {
    private let scratch = Scratch(capacity: 256 * 1024)

    func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        var encoder = EventEncoder(delivery.batch)
        var position = 0
        while position < delivery.events.count {
            let first = position
            var cursor = scratch.cursor
            while position < delivery.events.count, encoder.encode(delivery.events[position], to: &cursor) {
                position += 1
            }
            precondition(position > first, "an event of the benchmark is larger than the buffer")
        }
        reply(.delivered)
    }

    func close() {}
}

struct NoDeadLetters: DeadLetterSink {
    var evictedLetters: Int { 0 }

    func keep(_ letters: [DeadLetter]) throws {
        throw BenchError(message: "\(letters.count) events were not delivered")
    }
}
