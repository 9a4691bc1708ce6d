import EventModel
import Publishing
import Testing

/// What happens after a failure: order, back-off, probe, slow start.
struct RetryTests {
    @Test func `order within a file is kept through retries with several deliveries in flight`() {
        var rig = Rig(window: 3, maxEvents: 2)
        rig.read(["a", "b"])
        rig.read(["c", "d"])
        rig.read(["e", "f"])
        rig.read(["g", "h"])
        rig.answer(Reply(.prefix(delivered: 1)))
        rig.answer(.failed())
        rig.answer(.failed())
        #expect(rig.inFlight.isEmpty)
        rig.waitForDeadline()
        #expect(rig.flights == [["b"]])
        rig.answer(.delivered)
        #expect(rig.flights == [["c", "d"], ["e", "f"], ["g", "h"]])
    }

    @Test func `several failures that belong together count as one`() {
        var rig = Rig(window: 3, maxEvents: 1, generator: ExtremeGenerator(longest: true))
        for line in ["a", "b", "c"] { rig.read([.event(line)]) }
        let failed = rig.now
        for _ in 0..<3 { rig.answer(.failed()) }
        #expect(rig.publisher.nextDeadline == failed + .seconds(1))
        rig.waitForDeadline()
        let again = rig.now
        rig.answer(.failed())
        #expect(rig.publisher.nextDeadline == again + .seconds(2))
    }

    @Test func `nothing is sent and nothing is due while answers from before the failure are outstanding`() {
        var rig = Rig(window: 2, maxEvents: 1)
        rig.read(["a"])
        rig.read(["b"])
        rig.answer(.failed())
        #expect(rig.publisher.isBackingOff)
        #expect(rig.publisher.nextDeadline == nil)
        rig.wait(.seconds(5))
        #expect(rig.flights == [["b"]])
        rig.answer(.failed())
        rig.wait(.zero)
        #expect(rig.flights == [["a"]])
    }

    @Test func `after an outage one delivery goes first and the others follow its success`() {
        var rig = Rig(window: 3, maxEvents: 1)
        for line in ["a", "b", "c", "d"] { rig.read([.event(line)]) }
        for _ in 0..<3 { rig.answer(.failed()) }
        rig.waitForDeadline()
        #expect(rig.flights == [["a"]])
        rig.read(["e"])
        rig.wait(.seconds(60))
        #expect(rig.flights == [["a"]])
        rig.answer(.delivered)
        #expect(rig.flights == [["b"], ["c"], ["d"]])
        #expect(rig.publisher.lastFailure == nil)
    }

    @Test func `a failed probe waits longer, and a success starts anew`() {
        var rig = Rig(generator: ExtremeGenerator(longest: true))
        rig.read(["a"])
        for seconds in [1, 2, 4, 8, 16, 32, 60, 60] {
            let failed = rig.now
            rig.answer(.failed())
            #expect(rig.publisher.lastFailure?.label == .reset)
            #expect(rig.publisher.nextDeadline == failed + .seconds(seconds))
            rig.waitForDeadline()
        }
        rig.answer(.delivered)
        rig.read(["b"])
        let failed = rig.now
        rig.answer(.failed())
        #expect(rig.publisher.nextDeadline == failed + .seconds(1))
    }

    @Test func `a peer that takes some each time is not waited for longer and longer`() {
        var rig = Rig(generator: ExtremeGenerator(longest: true))
        rig.read(["a", "b", "c", "d"])
        for position: UInt64 in [2, 4, 6] {
            let failed = rig.now
            rig.answer(Reply(.prefix(delivered: 1)))
            #expect(rig.position() == position)
            #expect(rig.publisher.nextDeadline == failed + .seconds(1))
            rig.waitForDeadline()
        }
    }

    @Test func `Retry-After is the least wait, also when a later answer names it`() {
        var rig = Rig(window: 2, maxEvents: 1, generator: ExtremeGenerator(longest: false))
        rig.read(["a"])
        rig.read(["b"])
        rig.answer(.failed(after: .seconds(5)))
        rig.answer(.failed(after: .seconds(30)))
        #expect(rig.publisher.nextDeadline == rig.now + .seconds(30))
        rig.wait(.seconds(29))
        #expect(rig.inFlight.isEmpty)
        rig.wait(.seconds(1))
        #expect(rig.flights == [["a"]])
    }

    @Test func `a Retry-After beyond all clocks waits until shutdown`() {
        var rig = Rig()
        rig.read(["a"])
        rig.answer(.failed(after: .seconds(Int64.max)))
        #expect(rig.publisher.nextDeadline == MonotonicTime(nanoseconds: .max))
        rig.wait(.seconds(86_400))
        #expect(rig.inFlight.isEmpty)
        rig.drain()
        #expect(rig.flights == [["a"]])
    }

    @Test func `slow start begins small, grows with success and halves with failure`() {
        var rig = Rig(maxEvents: 50, slowStart: true)
        rig.read((0..<50).map { .event("\($0)") })
        #expect(rig.flights[0].count == 10)
        rig.answer(.delivered)
        #expect(rig.flights[0].count == 16)
        rig.answer(.failed())
        rig.waitForDeadline()
        #expect(rig.flights[0] == (10..<18).map { "\($0)" })
        rig.answer(.delivered)
        #expect(rig.flights[0].first == "18")
        rig.answer(.delivered)
        while !rig.inFlight.isEmpty { rig.answer(.delivered) }
        #expect(rig.publisher.isIdle)
        #expect(rig.sent.flatMap(\.lines).count == 50 + 16)
    }

    @Test func `without slow start a retry takes all of a delivery`() {
        var rig = Rig(maxEvents: 50)
        rig.read((0..<50).map { .event("\($0)") })
        rig.answer(.failed())
        rig.waitForDeadline()
        #expect(rig.flights.map(\.count) == [50])
    }

    @Test func `a lane in trouble does not hold up another`() {
        var rig = Rig(lanes: 2)
        rig.read(["a"], file: 0)
        rig.read(["b"], file: 1)
        rig.answer(.failed(after: .seconds(10)), lane: 0)
        rig.answer(.delivered, lane: 1)
        rig.read(["c"], file: 1)
        #expect(rig.flights == [["c"]])
        #expect(rig.publisher.isBackingOff)
    }

    @Test func `an answer out of order stops the process`() async {
        await #expect(processExitsWith: .failure) {
            var rig = Rig(window: 2, maxEvents: 1)
            rig.read(["a"])
            rig.read(["b"])
            rig.publisher.replied(lane: 0, token: rig.inFlight[1].token, .delivered, now: rig.now)
        }
    }
}
