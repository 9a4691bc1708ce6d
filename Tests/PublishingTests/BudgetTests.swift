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
}
