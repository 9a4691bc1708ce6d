import EventModel
import Publishing
import Testing

/// Shutdown.
struct DrainTests {
    @Test func `draining sends what is open at once`() {
        var rig = Rig(window: 2)
        rig.read(["a"])
        rig.read(["b"])
        rig.drain()
        #expect(rig.flights == [["a"], ["b"]])
        #expect(!rig.publisher.isDrained)
        rig.answer(.delivered)
        rig.answer(.delivered)
        #expect(rig.publisher.isDrained)
        #expect(rig.publisher.isIdle)
    }

    @Test func `draining makes an attempt at once, even in the middle of a back-off`() {
        var rig = Rig(window: 2, maxEvents: 1)
        rig.read(["a"])
        rig.read(["b"])
        rig.answer(.failed(after: .seconds(60)))
        rig.answer(.failed())
        rig.drain()
        #expect(rig.flights == [["a"]])
        rig.answer(.delivered)
        #expect(rig.flights == [["b"]])
        rig.answer(.delivered)
        #expect(rig.publisher.isDrained)
        #expect(rig.position() == 4)
    }

    @Test func `a failed attempt while draining gives up until the next start`() {
        var rig = Rig(maxEvents: 1)
        rig.read(["a"])
        rig.read(["b"])
        rig.answer(.failed())
        rig.drain()
        rig.answer(.failed())
        #expect(rig.publisher.isDrained)
        #expect(!rig.publisher.isIdle)
        #expect(rig.publisher.nextDeadline == nil)
        rig.wait(.seconds(3600))
        #expect(rig.inFlight.isEmpty)
        #expect(rig.settlements.isEmpty)
        #expect(rig.publisher.pending.bytes == 4)
    }

    @Test func `draining gives nobody up while deliveries are in flight, and takes their answers`() {
        var rig = Rig(window: 3, maxEvents: 1)
        for line in ["a", "b", "c"] { rig.read([.event(line)]) }
        rig.drain()
        rig.answer(.delivered)
        rig.answer(.failed())
        #expect(!rig.publisher.isDrained)
        rig.answer(.failed())
        #expect(rig.publisher.isDrained)
        #expect(rig.position() == 2)
        #expect(rig.publisher.pending.bytes == 4)
    }

    @Test func `a late Retry-After does not put off the attempt while draining`() {
        var rig = Rig(window: 2, maxEvents: 1)
        rig.read(["a"])
        rig.read(["b"])
        rig.answer(.failed())
        rig.drain()
        #expect(rig.flights == [["b"]])
        rig.answer(.failed(after: .seconds(60)))
        #expect(rig.flights == [["a"]])
    }

    @Test func `nothing is read while draining`() {
        var rig = Rig()
        rig.drain()
        #expect(rig.publisher.isDrained)
        #expect(rig.read(["a"]) == nil)
    }

    @Test func `draining twice changes nothing`() {
        var rig = Rig()
        rig.read(["a"])
        rig.drain()
        rig.drain()
        #expect(rig.flights == [["a"]])
        rig.answer(.failed())
        rig.drain()
        #expect(rig.inFlight.isEmpty)
        #expect(rig.publisher.isDrained)
    }

    @Test func `max_retries gives no event up while draining`() {
        var rig = Rig { $0.maxRetries = 0 }
        rig.read(["a"])
        rig.drain()
        rig.answer(.failed())
        #expect(rig.box.letters.isEmpty)
        #expect(rig.publisher.isDrained)
        #expect(rig.publisher.pending.bytes == 2)
    }
}
