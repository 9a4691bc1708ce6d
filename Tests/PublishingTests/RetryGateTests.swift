import EventModel
import Publishing
import TestSupport
import Testing

struct RetryGateTests {
    private func batches(_ count: Int) -> [Batch] {
        var factory = BatchFactory()
        return (0..<count).map { factory.batch(["\($0)"]) }
    }

    private func delivery(_ batch: Batch, _ attempt: Int) -> Delivery {
        Delivery(batch: batch, events: .range(0..<1), attempt: attempt)
    }

    @Test func `what was sent before the pipeline knew of a failure is turned back`() {
        let batch = batches(4)
        var gate = RetryGate(window: 3)
        gate.failed(first: delivery(batch[0], 0), count: 1)
        let admitted = [(1, 0), (2, 5), (0, 1), (1, 1)].map { gate.admits(delivery(batch[$0.0], $0.1)) }
        #expect(admitted == [false, false, true, true])
    }

    @Test func `the gate opens when the first of the failed comes again`() {
        let batch = batches(2)
        var gate = RetryGate(window: 4)
        gate.failed(first: delivery(batch[0], 3), count: 1)
        let admitted = [(0, 3), (0, 4), (1, 0)].map { gate.admits(delivery(batch[$0.0], $0.1)) }
        #expect(admitted == [false, true, true])
    }

    @Test func `a batch that never comes back does not close the lane for ever`() {
        let batch = batches(3)
        var gate = RetryGate(window: 3)
        gate.failed(first: delivery(batch[0], 0), count: 1)
        let admitted = [1, 2, 1, 2].map { gate.admits(delivery(batch[$0], 0)) }
        #expect(admitted == [false, false, true, true])
    }

    @Test(arguments: [1, 2]) func `when the whole window failed nothing can be on its way`(window: Int) {
        let batch = batches(3)
        var gate = RetryGate(window: window)
        gate.failed(first: delivery(batch[0], 0), count: window)
        let admitted = gate.admits(delivery(batch[2], 0))
        #expect(admitted)
    }
}
