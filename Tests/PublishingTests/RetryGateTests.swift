import EventModel
import Publishing
import TestSupport
import Testing

struct RetryGateTests {
    private let batches: [Batch]

    init() {
        var factory = BatchFactory()
        batches = (0..<4).map { factory.batch(["\($0)"]) }
    }

    private func delivery(_ batch: Int, seen: Int) -> Delivery {
        Delivery(batch: batches[batch], events: .range(0..<1), failuresSeen: seen)
    }

    @Test func `what was sent before the pipeline knew of a failure is turned back`() {
        var gate = RetryGate()
        let first = gate.admits(delivery(0, seen: 0))
        #expect(first)
        gate.failed(1)
        let early = [1, 2].map { gate.admits(delivery($0, seen: 0)) }
        #expect(early == [false, false])
        let again = [0, 1, 2].map { gate.admits(delivery($0, seen: 3)) }
        #expect(again == [true, true, true])
    }

    @Test func `what was sent knowing of some failures only is turned back too`() {
        var gate = RetryGate()
        gate.failed(3)
        // The first of the three was given up, and the next batch sent before the answers of the others were seen.
        let admitted = [(3, 1), (1, 4)].map { gate.admits(delivery($0.0, seen: $0.1)) }
        #expect(admitted == [false, true])
    }

    @Test func `good deliveries behind a batch that never comes back go out at once`() {
        var gate = RetryGate()
        gate.failed(1)
        let admitted = [1, 2, 3].map { gate.admits(delivery($0, seen: 1)) }
        #expect(admitted == [true, true, true])
    }
}
