import EventModel
import Publishing
import Testing

/// When a batch leaves.
struct BatchingTests {
    @Test func `a batch leaves at once when nothing is in flight`() {
        var rig = Rig()
        rig.read(["a", "b"])
        #expect(rig.flights == [["a", "b"]])
    }

    @Test func `a batch grows while another is in flight and leaves with the answer`() {
        var rig = Rig()
        rig.read(["a"])
        rig.read(["b"])
        rig.read(["c"], file: 2)
        #expect(rig.flights == [["a"]])
        rig.answer(.delivered)
        #expect(rig.flights == [["b", "c"]])
    }

    @Test func `a batch is sealed when it has its number of events`() {
        var rig = Rig(window: 2, maxEvents: 3)
        rig.read(["a"])
        #expect(rig.read(["b", "c", "d", "e"]) == 3)
        #expect(rig.flights == [["a"], ["b", "c", "d"]])
        #expect(rig.read(["e"]) == 1)
        #expect(rig.flights.count == 2)
    }

    @Test func `a batch is sealed when it has its number of bytes`() {
        var rig = Rig(window: 2, maxBytes: 4096)
        let line = Line.event(String(repeating: "x", count: 1023))
        rig.read(["a"])
        rig.read([line, line, line])
        #expect(rig.flights.count == 1)
        rig.read([line])
        #expect(rig.flights.map(\.count) == [1, 4])
    }

    @Test func `a batch without the room asked for is sealed and another one begun`() {
        var rig = Rig(window: 2, maxBytes: 4096)
        rig.read(["a"])
        rig.read(["b"])
        #expect(rig.read(["c"], room: 4095) == 1)
        #expect(rig.flights == [["a"], ["b"]])
    }

    @Test func `a batch leaves at its age while the window has room`() {
        var rig = Rig(window: 2) { $0.batchAge = .milliseconds(100) }
        rig.read(["a"])
        rig.wait(.milliseconds(5))
        rig.read(["b"])
        #expect(rig.publisher.nextDeadline == rig.now + .milliseconds(100))
        rig.wait(.milliseconds(99))
        #expect(rig.flights == [["a"]])
        rig.wait(.milliseconds(1))
        #expect(rig.flights == [["a"], ["b"]])
        #expect(rig.publisher.nextDeadline == nil)
    }

    @Test func `a batch goes on growing beyond its age while the window is full`() {
        var rig = Rig(window: 1) { $0.batchAge = .milliseconds(100) }
        rig.read(["a"])
        rig.read(["b"])
        #expect(rig.publisher.nextDeadline == nil)
        rig.wait(.seconds(1))
        rig.read(["c"])
        rig.answer(.delivered)
        #expect(rig.flights == [["b", "c"]])
    }

    @Test func `no more deliveries are in flight than the window allows`() {
        var rig = Rig(window: 3, maxEvents: 1)
        for line in ["a", "b", "c", "d", "e"] { rig.read([.event(line)]) }
        #expect(rig.flights == [["a"], ["b"], ["c"]])
        rig.answer(.delivered)
        #expect(rig.flights == [["b"], ["c"], ["d"]])
    }

    @Test func `lanes do not wait for each other, and a file keeps its lane`() {
        var rig = Rig(lanes: 2)
        rig.read(["a"], file: 1)
        rig.read(["b"], file: 2)
        rig.read(["c"], file: 1)
        #expect(Set(rig.flights) == [["a"], ["b"]])
        rig.answer(.delivered, lane: rig.publisher.lane(forFile: 1))
        #expect(rig.flights == [["b"], ["c"]])
    }

    @Test func `files with negative ids have a lane, too`() {
        let rig = Rig(lanes: 3)
        for id: Int64 in [-1, .min, 0, .max] { #expect((0..<3).contains(rig.publisher.lane(forFile: id))) }
    }

    @Test func `counts tell batches, events and deliveries`() {
        var rig = Rig(maxEvents: 2)
        rig.read(["a", "b"])
        rig.read([.filtered("no"), "c"])
        #expect(rig.publisher.pending.bytes == 6)
        #expect(rig.publisher.pending.deliveries == 1)
        rig.answer(.failed())
        rig.waitForDeadline()
        rig.answer(.delivered)
        rig.answer(.delivered)
        let counts = rig.publisher.counts
        #expect([counts.batches, counts.events, counts.delivered, counts.retries, counts.failures] == [2, 3, 3, 1, 1])
        #expect(counts.total.settled(.delivered) == 6)
        #expect(counts.total.settled(.filtered) == 3)
    }

    @Test func `the oldest pending line is that of the first segment that is not settled`() {
        var rig = Rig()
        #expect(rig.publisher.oldestPending == nil)
        let first = rig.now.nanoseconds
        rig.read(["a"])
        rig.wait(.seconds(1))
        rig.read(["b"])
        rig.wait(.seconds(1))
        rig.read(["c"])
        #expect(rig.publisher.oldestPending == first)
        rig.answer(.delivered)
        #expect(rig.publisher.oldestPending == first + 1_000_000_000)
        rig.answer(Reply(.prefix(delivered: 1)))
        #expect(rig.publisher.oldestPending == first + 2_000_000_000)
    }
}
