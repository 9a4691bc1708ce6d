import FileRegistry
import Synchronization
import Testing

@testable import Agent

/// A registry that commits when it is told to.
private final class SlowRegistry: RegistryStore {
    private let state = Mutex<(ticket: UInt64, committed: UInt64, trouble: String?)>((0, 0, nil))

    func nextID() -> Int64 { 1 }
    func records(pipeline: String) -> [FileRecord] { [] }
    func submit(_ records: [FileRecord], removed: [Int64]) -> UInt64 {
        state.withLock {
            $0.ticket += 1
            return $0.ticket
        }
    }
    func hurry() {}
    var committed: UInt64 { state.withLock { $0.committed } }
    var trouble: String? { state.withLock { $0.trouble } }

    func commitAll() { state.withLock { $0.committed = $0.ticket } }
    func fail(_ why: String?) { state.withLock { $0.trouble = why } }
}

struct RegistryGateTests {
    private let store = SlowRegistry()
    private var gate: RegistryGate

    init() { gate = RegistryGate(store: store, budget: 1000, chunk: 100) }

    @Test mutating func `while commits work nothing is held up`() {
        gate.note(ticket: store.submit([], removed: []), settled: 50_000)
        #expect(!gate.isClosed(read: 60_000))
    }

    @Test mutating func `reading pauses before more than the budget would be sent again`() {
        store.fail("disk full")
        for round in 1...9 {
            let settled = UInt64(round) * 100
            #expect(!gate.isClosed(read: settled))
            gate.note(ticket: store.submit([], removed: []), settled: settled)
        }
        #expect(!gate.isClosed(read: 900))
        #expect(gate.isClosed(read: 901))
        #expect(gate.reason(read: 901) == "the registry cannot be written: disk full")
    }

    @Test mutating func `what is on its way to be settled counts too`() {
        store.fail("disk full")
        gate.note(ticket: nil, settled: 100)
        #expect(!gate.isClosed(read: 1000))
        #expect(gate.isClosed(read: 1001))
    }

    @Test mutating func `it opens when the rows are on disk, and for a line that is longer than the budget`() {
        store.fail("disk full")
        gate.note(ticket: store.submit([], removed: []), settled: 5000)
        #expect(gate.isClosed(read: 5000))
        store.commitAll()
        gate.note(ticket: nil, settled: 5000)
        #expect(!gate.isClosed(read: 5000))
        gate = RegistryGate(store: store, budget: 10, chunk: 100)
        #expect(!gate.isClosed(read: 0))
        #expect(gate.isClosed(read: 1))
    }
}
