import EventModel
import Synchronization
import Testing

/// A parser that takes no line.
private struct Refusing: LineParser {
    func examine(_ line: UnsafeBufferPointer<UInt8>) -> ParsedLine { .failed(error: "no") }
    func merge(_ line: UnsafeBufferPointer<UInt8>, into event: [UInt8]) -> [UInt8] { event }
}

/// What the encoder counts.
struct CountingTests {
    /// The buffer is too small for it at first, so that the event is made more than once.
    private static let long = Array(String(repeating: "x", count: 9000).utf8) + [0xff]

    @Test(arguments: [Codec.json(), .json(pretty: true), .format("%{[message]}")])
    func `a line is counted once, however often its event did not fit`(_ codec: Codec) throws {
        var shape = try shape(codec: codec)
        shape.parser = Refusing()
        let counters = EventCounters()
        let events = encode(batch([CountingTests.long], template: shape.template(for: file)), counters: counters)
        #expect(events[0].contains("xxxx"))
        #expect(counters.parseErrors.load(ordering: .relaxed) == 1)
        #expect(counters.invalidUTF8.load(ordering: .relaxed) == 1)
    }
}
