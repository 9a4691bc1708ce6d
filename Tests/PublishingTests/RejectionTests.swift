import EventModel
import Publishing
import Testing

/// Events that will never be taken.
struct RejectionTests {
    private static let tooLarge = Reply.Rejection(reason: "too_large", answer: "no")

    @Test func `rejected events become dead letters and the others settle`() throws {
        var rig = Rig()
        rig.read(["a", "b", "c"])
        rig.answer(
            Reply(.each([.delivered, .rejected(reason: 0), .delivered]), reasons: [RejectionTests.tooLarge]))
        #expect(rig.position() == 6)
        let letter = try #require(rig.box.letters.first)
        #expect(rig.box.letters.count == 1)
        #expect(letter.event == 1)
        #expect(letter.attempts == 1)
        #expect(letter.rejection == RejectionTests.tooLarge)
        #expect(rig.publisher.counts.deadLetters == 1)
        #expect(rig.publisher.counts.delivered == 2)
        #expect(rig.publisher.counts.total.settled(.deadLetter) == 2)
        #expect(rig.publisher.isIdle)
    }

    @Test func `a delivery that is rejected in whole does not stop the pipeline`() {
        var rig = Rig()
        rig.read(["a", "b"])
        rig.read(["c"])
        rig.answer(Reply(.all(.rejected(reason: 0)), reasons: [RejectionTests.tooLarge]))
        #expect(rig.box.letters.map(\.event) == [0, 1])
        #expect(rig.flights == [["c"]])
        #expect(!rig.publisher.isBackingOff)
    }

    @Test func `delivered, rejected and retried events of one delivery each go their way`() {
        var rig = Rig()
        rig.read(["a", "b", "c", "d"])
        rig.answer(
            Reply(
                .each([.rejected(reason: 0), .retry, .delivered, .rejected(reason: 0)]),
                reasons: [RejectionTests.tooLarge]))
        #expect(rig.box.letters.map(\.event) == [0, 3])
        #expect(rig.position() == 2)
        rig.waitForDeadline()
        #expect(rig.flights == [["b"]])
        rig.answer(.delivered)
        #expect(rig.position() == 8)
    }

    @Test func `events that were retried often enough become dead letters`() {
        var rig = Rig { $0.maxRetries = 2 }
        rig.read(["a", "b"])
        for _ in 0..<2 {
            rig.answer(.failed())
            #expect(rig.box.letters.isEmpty)
            rig.waitForDeadline()
        }
        rig.answer(Reply(.prefix(delivered: 1), failure: .init(.timeout, "slow")))
        #expect(rig.box.letters.map(\.event) == [1])
        #expect(rig.box.letters.first?.rejection == .init(reason: "max_retries", answer: "slow"))
        #expect(rig.box.letters.first?.attempts == 3)
        #expect(rig.publisher.isIdle)
        #expect(rig.position() == 4)
    }

    @Test func `what was turned back untried does not count as an attempt`() {
        var rig = Rig(window: 2, maxEvents: 1) { $0.maxRetries = 1 }
        rig.read(["a"])
        rig.read(["b"])
        rig.answer(.turnedBack(.init(.reset, "behind a failure")))
        for _ in 0..<5 {
            rig.answer(.turnedBack(.init(.reset, "behind a failure")))
            rig.waitForDeadline()
        }
        #expect(rig.box.letters.isEmpty)
        #expect(rig.inFlight[0].delivery.attempt == 0)
        #expect(rig.inFlight[0].delivery.failuresSeen == 6)
    }

    @Test func `giving up a delivery makes the peer no better: the next one waits`() {
        var rig = Rig(window: 2, maxEvents: 1, generator: ExtremeGenerator(longest: true)) { $0.maxRetries = 0 }
        for line in ["a", "b", "c"] { rig.read([.event(line)]) }
        let failed = rig.now
        rig.answer(.failed())
        #expect(rig.box.letters.count == 1)
        #expect(rig.flights == [["b"]], "nothing may overtake what is on its way back")
        #expect(rig.publisher.isBackingOff)
        rig.answer(.failed())
        #expect(rig.publisher.nextDeadline == failed + .seconds(1))
        rig.waitForDeadline()
        let again = rig.now
        rig.answer(.failed())
        #expect(rig.publisher.counts.deadLetters == 3)
        #expect(rig.publisher.isIdle)
        rig.read(["d"])
        rig.waitForDeadline()
        #expect(rig.now == again + .seconds(2))
        #expect(rig.flights == [["d"]])
    }

    @Test func `by default events are retried for ever`() {
        var rig = Rig()
        rig.read(["a"])
        for _ in 0..<1000 {
            rig.answer(.failed())
            rig.waitForDeadline()
        }
        #expect(rig.box.letters.isEmpty)
        #expect(rig.inFlight[0].delivery.attempt == 1000)
    }

    @Test func `dead letters that cannot be kept stay pending and are tried again with back-off`() {
        var rig = Rig(generator: ExtremeGenerator(longest: true))
        rig.box.isFull = true
        rig.read(["a", "b"])
        let reply = Reply(.each([.rejected(reason: 0), .delivered]), reasons: [RejectionTests.tooLarge])
        rig.answer(reply)
        #expect(rig.settlements.isEmpty)
        #expect(rig.publisher.lastFailure?.label == .io)
        for seconds in [1, 2, 4] {
            #expect(rig.publisher.nextDeadline == rig.now + .seconds(seconds))
            rig.waitForDeadline()
            #expect(rig.flights == [["a"]])
            if seconds == 4 { rig.box.isFull = false }
            rig.answer(Reply(.all(.rejected(reason: 0)), reasons: [RejectionTests.tooLarge]))
        }
        #expect(rig.box.letters.map(\.event) == [0])
        #expect(rig.position() == 4)
        #expect(rig.publisher.isIdle)
        #expect(rig.publisher.lastFailure == nil)
    }

    @Test func `a success from before does not end the back-off of letters that cannot be kept`() {
        var rig = Rig(window: 2, maxEvents: 1)
        rig.box.isFull = true
        rig.read(["a"])
        rig.read(["b"])
        rig.answer(Reply(.all(.rejected(reason: 0)), reasons: [RejectionTests.tooLarge]))
        rig.answer(.delivered)
        #expect(rig.publisher.isBackingOff)
        #expect(rig.inFlight.isEmpty)
        #expect(rig.settlements.isEmpty)
        rig.waitForDeadline()
        #expect(rig.flights == [["a"]])
    }

    @Test func `a rejection without a reason is named as one`() {
        var rig = Rig()
        rig.read(["a"])
        rig.answer(Reply(.all(.rejected(reason: 5))))
        #expect(rig.box.letters.first?.rejection.reason == "rejected")
    }

    @Test(arguments: zip([10, 1024, 1025, 4000], [10, 1024, 1024, 1024]))
    func `a server's answer is cut to 1024 bytes`(_ count: Int, _ left: Int) {
        let answer = String(repeating: "x", count: count)
        #expect(Reply.Rejection(reason: "r", answer: answer).answer.utf8.count == left)
    }

    @Test func `a server's answer is not cut within a character`() {
        let answer = "x" + String(repeating: "é", count: 600)
        let cut = Reply.Rejection(reason: "r", answer: answer).answer
        #expect(cut.utf8.count == 1023)
        #expect(answer.hasPrefix(cut))
    }
}
