import CKafka
import Publishing
import SystemTools

/// The thread that polls.
extension KafkaProducer {
    func run() {
        while true {
            let (isBusy, retired) = monitor.withLock { (!$0.active.isEmpty, $0.retired) }
            if let retired {
                if !isBusy { return }
                let isLate = Clocks.monotonic - retired.since > min(deliveryTimeout, KafkaProducer.grace)
                unsafe ck_purge(handle, retired.purgesInFlight || isLate)
            }
            // An idle producer has nothing to report but the state of its brokers.
            let reports = unsafe ck_poll(handle, isBusy ? 50 : 10_000)
            if reports > 0 {
                monitor.change { state in
                    state.rounds += 1
                    return ((), wake: true)
                }
            }
            if unsafe ck_wants_token(handle), let tokens { fetchToken(tokens) }
            judge()
        }
    }

    /// Looks whether the producer has to be retired.
    private func judge() {
        let error = unsafe ck_take_error(handle)
        if error != 0, let failure = failure(reported: error) { retire(failure, inFlight: false) }
        var reason = TextBuffer()
        let fatal = unsafe reason.fill { unsafe ck_fatal_error(handle, $0, $1) }
        if fatal != 0 {
            retire(.init(.status, "\(library.name(fatal)): \(reason.text)"), inFlight: false)
        }
        let oldest = monitor.withLock { $0.active.first?.began }
        guard let oldest else { return }
        // Later on brokers may hold what they did not acknowledge: only this producer's numbers tell them so.
        if unsafe !ck_has_found(handle), let complaint = watch.allBrokersDown(since: oldest) {
            retire(.init(.connect, complaint), inFlight: false)
        }
        if Clocks.monotonic - oldest > deliveryTimeout {
            retire(.init(.timeout, "no delivery report for too long\(watch.lastWords)"), inFlight: true)
        }
    }

    /// nil for the reports of messages that were purged: they say nothing new.
    private func failure(reported error: Int32) -> Reply.Failure? {
        if error == RD_KAFKA_RESP_ERR__PURGE_QUEUE.rawValue || error == RD_KAFKA_RESP_ERR__PURGE_INFLIGHT.rawValue {
            return nil
        }
        return Reply.Failure(ReportRule.label(error), "\(library.name(error)): \(library.text(error))")
    }
}
