import EventModel
import Publishing
import Testing

/// Which positions the registry may move to.
struct SettlementTests {
    @Test func `a delivered batch settles its file to the end of what was read`() throws {
        var rig = Rig()
        rig.read(["one", "two"])
        #expect(rig.settlements.isEmpty)
        rig.answer(.delivered)
        let settlement = try #require(rig.settlements.first)
        #expect(rig.settlements.count == 1)
        #expect(settlement.offset == 8)
        #expect(settlement.anchor == anchor("one\ntwo\n"))
    }

    @Test func `what was acknowledged before a connection broke is settled and not sent again`() throws {
        var rig = Rig()
        rig.read(["one", "two", "three"])
        rig.answer(Reply(.prefix(delivered: 2), failure: .init(.reset, "reset")))
        #expect(rig.settlements.map(\.offset) == [8])
        #expect(rig.settlements.first?.anchor == anchor("one\ntwo\n"))
        rig.waitForDeadline()
        #expect(rig.flights == [["three"]])
        #expect(rig.inFlight[0].delivery.attempt == 1)
        rig.answer(.delivered)
        #expect(rig.settlements.map(\.offset) == [8, 14])
        #expect(rig.settlements.last?.anchor == anchor("one\ntwo\nthree\n"))
    }

    @Test func `a partial position covers the filtered lines in front of the first event that is left`() {
        var rig = Rig()
        rig.read(["one", .filtered("no"), .empty, "two"])
        rig.answer(Reply(.prefix(delivered: 1)))
        #expect(rig.position() == 8)
        #expect(rig.settlements.last?.anchor == anchor("one\nno\n\n"))
    }

    @Test func `a partial position among recoded lines is in bytes of the file and has no anchor`() {
        var rig = Rig()
        rig.read([.recoded("one"), .recoded("two")])
        rig.answer(Reply(.prefix(delivered: 1)))
        #expect(rig.position() == 8)
        #expect(rig.settlements.last?.anchor == Anchor.none)
        rig.waitForDeadline()
        rig.answer(.delivered)
        #expect(rig.position() == 16)
    }

    @Test func `events taken one by one settle in the order of the file`() {
        var rig = Rig()
        rig.read(["a", "b", "c", "d"])
        rig.answer(Reply(.each([.retry, .delivered, .retry, .delivered])))
        #expect(rig.settlements.isEmpty)
        rig.waitForDeadline()
        #expect(rig.flights == [["a", "c"]])
        rig.answer(Reply(.each([.delivered, .retry])))
        #expect(rig.settlements.map(\.offset) == [4])
        rig.waitForDeadline()
        #expect(rig.flights == [["c"]])
        rig.answer(.delivered)
        #expect(rig.settlements.map(\.offset) == [4, 8])
    }

    @Test func `a batch of several files settles each of them`() {
        var rig = Rig()
        rig.read(["x"])
        rig.read(["a", "b"], file: 2)
        rig.read(["c"], file: 3)
        rig.read(["d"], file: 2)
        rig.answer(.delivered)
        #expect(rig.flights == [["a", "b", "c", "d"]])
        rig.answer(Reply(.prefix(delivered: 1)))
        #expect(rig.position(2) == 2)
        #expect(rig.position(3) == nil)
        rig.waitForDeadline()
        rig.answer(.delivered)
        #expect(rig.settlements.dropFirst().map(\.fileID) == [2, 2, 3, 2])
        #expect(rig.settlements.dropFirst().map(\.offset) == [2, 4, 2, 6])
    }

    @Test func `what was filtered in whole moves the position at once when nothing is before it`() {
        var rig = Rig()
        rig.read([.filtered("no"), .empty])
        #expect(rig.position() == 4)
        #expect(rig.sent.isEmpty)
        #expect(rig.publisher.isIdle)
        #expect(rig.publisher.budgetUsed == 0)
        #expect(rig.publisher.counts.batches == 0)
    }

    @Test func `a batch without events moves the position only in its turn`() {
        var rig = Rig(window: 2)
        rig.read(["a"])
        rig.read([.filtered("no")])
        rig.wait(.seconds(1))
        #expect(rig.settlements.isEmpty)
        rig.answer(.delivered)
        #expect(rig.settlements.map(\.offset) == [2, 5])
        #expect(rig.publisher.budgetUsed == 0)
    }

    @Test func `segments without events in front and behind settle with their neighbours`() {
        var rig = Rig()
        rig.read(["x"])
        rig.read([.filtered("no")], file: 2)
        rig.read(["a", "b"], file: 3)
        rig.read([.empty], file: 4)
        rig.answer(.delivered)
        rig.answer(Reply(.prefix(delivered: 1)))
        #expect(rig.position(2) == 3)
        #expect(rig.position(3) == 2)
        #expect(rig.position(4) == nil)
        rig.waitForDeadline()
        rig.answer(.delivered)
        #expect(rig.position(3) == 4)
        #expect(rig.position(4) == 1)
    }

    @Test func `generations of a file have their own settlements and ledgers`() {
        var rig = Rig()
        rig.read(["old"])
        rig.read(["new"], generation: 1)
        let old = GenerationKey(fileID: 1, generation: 0)
        let new = GenerationKey(fileID: 1, generation: 1)
        #expect(rig.publisher.counts.generations.count == 2)
        rig.answer(.delivered)
        #expect(rig.publisher.counts.generations[old] == nil, "it is closed, and a newer one is read")
        rig.answer(.delivered)
        #expect(rig.settlements.map(\.generation) == [0, 1])
        #expect(rig.publisher.counts.generations[new]?.settled(.delivered) == 4)
    }

    @Test func `the ledger of a forgotten generation stays until it is closed`() {
        var rig = Rig()
        let key = GenerationKey(fileID: 1, generation: 0)
        rig.read(["a"])
        rig.publisher.forget(key)
        #expect(rig.publisher.counts.generations[key] != nil)
        rig.answer(.delivered)
        #expect(rig.publisher.counts.generations.isEmpty)
        rig.publisher.forget(key)
        #expect(rig.publisher.counts.total.settled(.delivered) == 2)
    }

    @Test(arguments: [-1, 0, 2, 3, 99])
    func `a peer that acknowledges too much or too little settles what was sent at most`(_ acknowledged: Int) {
        var rig = Rig()
        rig.read(["a", "b"])
        rig.answer(Reply(.prefix(delivered: acknowledged)))
        #expect((rig.position() ?? 0) == (acknowledged >= 2 ? 4 : 0))
        #expect(rig.publisher.isIdle == (acknowledged >= 2))
    }

    @Test func `events that a reply does not name are sent again, and names beyond them mean nothing`() {
        var rig = Rig()
        rig.read(["a", "b"])
        rig.answer(Reply(.each([.delivered])))
        #expect(rig.position() == 2)
        rig.waitForDeadline()
        rig.answer(Reply(.each([.delivered, .retry, .rejected(reason: 0)])))
        #expect(rig.position() == 4)
        #expect(rig.publisher.isIdle)
    }

    private func anchor(_ text: String) -> Anchor {
        unsafe Array(text.utf8).withUnsafeBufferPointer {
            unsafe Anchor(endingAt: $0.baseAddress! + $0.count, count: $0.count)
        }
    }

    @Test func `a byte that is read and put nowhere stops a debug build`() async {
        await #expect(processExitsWith: .failure) {
            var rig = Rig()
            rig.read(["a"])
            rig.publisher.addRead(
                GenerationKey(fileID: 1, generation: 0), read: 1, filtered: 0, empty: 0, cut: 0)
            rig.publisher.assertLedgerCloses()
        }
        await #expect(processExitsWith: .success) {
            var rig = Rig()
            rig.read(["a", .filtered("b"), .empty])
            rig.publisher.assertLedgerCloses()
        }
    }
}
