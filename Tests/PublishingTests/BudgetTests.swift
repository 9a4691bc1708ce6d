import EventModel
import Publishing
import Testing

/// The byte budget.
struct BudgetTests {
    @Test func `reading stops when the budget is in flight and goes on when it is settled`() {
        var rig = Rig(window: 1, maxEvents: 1, maxBytes: 4096) { $0.budgetBytes = 3 * 4096 }
        for line: Line in ["a", "b", "c"] { #expect(rig.read([line]) == 1) }
        #expect(rig.publisher.budgetUsed == 3 * 4096)
        #expect(!rig.publisher.hasBudget)
        #expect(rig.read(["d"]) == nil)
        rig.answer(.delivered)
        #expect(rig.publisher.hasBudget)
        #expect(rig.read(["d"]) == 1)
        for _ in 0..<3 { rig.answer(.delivered) }
        #expect(rig.publisher.budgetUsed == 0)
        #expect(rig.position() == 8)
    }

    @Test func `a line larger than the budget is let in when nothing else is`() {
        var rig = Rig(maxBytes: 4096) { $0.budgetBytes = 8192 }
        let long = Line.event(String(repeating: "x", count: 19_999))
        rig.read(["a"])
        #expect(rig.read([long], room: 20_000) == nil)
        rig.answer(.delivered)
        #expect(rig.read([long], room: 20_000) == 1)
        #expect(rig.publisher.budgetUsed == 20_000)
        #expect(rig.read(["b"]) == nil)
        rig.answer(.delivered)
        #expect(rig.publisher.budgetUsed == 0)
        #expect(rig.position() == 20_002)
    }

    @Test func `looking at a file that has nothing new costs no memory`() {
        var rig = Rig(lanes: 4) { $0.budgetBytes = 64 * 1024 }
        for file: Int64 in 0..<8 { #expect(rig.read([], file: file) == 0) }
        #expect(rig.publisher.budgetUsed == 0)
        #expect(rig.publisher.isIdle)
        #expect(rig.publisher.isDrained)
        #expect(rig.publisher.nextDeadline == nil)
    }

    @Test func `a batch that was asked for and never filled does not keep the pipeline from ending`() {
        var rig = Rig()
        #expect(rig.publisher.builder(lane: 0, room: 16, now: rig.now) != nil)
        #expect(rig.publisher.isIdle)
        rig.drain()
        #expect(rig.publisher.isDrained)
        #expect(rig.publisher.budgetUsed == 0)
    }

    @Test func `trimming gives an unfilled batch back`() {
        var rig = Rig()
        _ = rig.publisher.builder(lane: 0, room: 16, now: rig.now)
        rig.publisher.trim()
        #expect(rig.publisher.budgetUsed == 0)
        #expect(rig.read(["a"]) == 1)
    }

    @Test func `an unfilled batch does not make the next one old`() {
        var rig = Rig(window: 2) { $0.batchAge = .milliseconds(100) }
        rig.read(["a"])
        rig.read([])
        rig.wait(.seconds(10))
        rig.read(["b"])
        #expect(rig.flights == [["a"]])
        #expect(rig.publisher.nextDeadline == rig.now + .milliseconds(100))
    }

    @Test func `each lane has room for two batches however many there are`() {
        var rig = Rig(lanes: 8, maxBytes: 512 * 1024) { $0.budgetBytes = 64 * 1024 }
        for file: Int64 in 0..<8 {
            rig.read(["a"], file: file)
            rig.read(["b"], file: file)
        }
        #expect(rig.publisher.budgetUsed == 64 * 1024)
        for file: Int64 in 0..<8 {
            rig.answer(.delivered, lane: rig.publisher.lane(forFile: file))
            rig.answer(.delivered, lane: rig.publisher.lane(forFile: file))
        }
        #expect(rig.publisher.budgetUsed == 0)
    }

    @Test func `a lane that is not answered leaves the others what they need`() {
        var rig = Rig(lanes: 2, window: 2, maxEvents: 1, maxBytes: 4096) { $0.budgetBytes = 16 * 4096 }
        let (down, up): (Int64, Int64) = (2, 3)
        var taken = 0
        while rig.read([.event("\(taken)")], file: down) != nil { taken += 1 }
        #expect(taken == 13, "two in flight and one that is filled are the other lane's")
        for round in 0..<100 {
            for part in 0..<3 { #expect(rig.read([.event("\(round) \(part)")], file: up) == 1) }
            #expect(rig.publisher.budgetUsed <= 16 * 4096)
            for _ in 0..<3 { rig.answer(.delivered, lane: 1) }
        }
        #expect(rig.publisher.counts.delivered == 300)
    }

    @Test func `what a lane leaves over is anybody's`() {
        var rig = Rig(lanes: 4, window: 1, maxEvents: 1, maxBytes: 4096) { $0.budgetBytes = 64 * 4096 }
        var taken = 0
        while rig.read([.event("\(taken)")], file: 4) != nil { taken += 1 }
        #expect(taken == 64 - 3 * 2)
    }

    @Test func `a long line gets through beside a lane that is not answered, one at a time`() {
        var rig = Rig(lanes: 3, window: 1, maxEvents: 1, maxBytes: 4096) { $0.budgetBytes = 12 * 4096 }
        var number = 0
        while rig.read([.event("\(number)")], file: 3) != nil { number += 1 }
        let long = Line.event(String(repeating: "x", count: 39_999))
        #expect(rig.read([long], file: 4, room: 40_000) == 1)
        #expect(rig.publisher.budgetUsed <= 12 * 4096 + 40_000)
        #expect(rig.read(["a"], file: 4) == nil, "that lane has had its share")
        #expect(rig.read([long], file: 5, room: 40_000) == nil)
        #expect(rig.read(["a"], file: 5) == 1)
        rig.answer(.delivered, lane: 2)
        rig.answer(.delivered, lane: 1)
        #expect(rig.read([long], file: 5, room: 40_000) == 1)
        rig.answer(.delivered, lane: 2)
        for _ in 0..<number { rig.answer(.delivered, lane: 0) }
        #expect(rig.publisher.budgetUsed == 0)
    }

    @Test func `only what is sent and not answered counts as in flight`() {
        var rig = Rig(window: 2, maxEvents: 2)
        #expect(rig.publisher.inFlightBytes == 0)
        for lines in [["a", "bb"], ["c", "d"], ["e"]] as [[Line]] { rig.read(lines) }
        #expect(rig.publisher.inFlightBytes == 5 + 4)
        #expect(rig.publisher.pending.bytes == 5 + 4 + 2)
        rig.answer(Reply(.prefix(delivered: 1), failure: .init(.reset, "gone")))
        #expect(rig.publisher.inFlightBytes == 4)
        rig.answer(.failed())
        #expect(rig.publisher.inFlightBytes == 0)
        #expect(rig.publisher.pending.bytes == 3 + 4 + 2)
        rig.waitForDeadline()
        #expect(rig.flights == [["bb"]])
        #expect(rig.publisher.inFlightBytes == 3)
    }
}
