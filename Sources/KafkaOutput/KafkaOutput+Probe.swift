import CKafka
import Logging
import Publishing
import SystemTools
package import Transport

/// Trying the cluster without sending an event.
extension KafkaOutput {
    /// Asks for the brokers and for the topic: what `needletail test output` shows.
    package func probe() async -> ProbeReport {
        await withCheckedContinuation { (done: CheckedContinuation<ProbeReport, Never>) in
            _ = NamedThread("kafka probe") { [self] in done.resume(returning: probeHere()) }
        }
    }

    private func probeHere() -> ProbeReport {
        let clock = ContinuousClock()
        let start = clock.now
        var report = ProbeReport(endpoint: firstHost)
        func add(_ name: String, _ detail: String, isOK: Bool) {
            report.steps.append(.init(name: name, detail: detail, isOK: isOK, took: clock.now - start))
        }
        let producer: KafkaProducer
        let watch = BrokerWatch(Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }, endpoint: traits.endpoint)
        do {
            producer = try context.producers.makeProducer(watch: watch)
        } catch {
            add("librdkafka", error.message, isOK: false)
            return report
        }
        producer.start()
        defer {
            producer.retire(KafkaLane.closing, inFlight: true)
            producer.waitForEnd()
        }
        let topic = context.router.constantTopic
        let handle = unsafe topic.flatMap { unsafe producer.topic($0) }
        var cluster = ck_cluster()
        let error = unsafe KafkaOutput.ask(producer, handle, watch, &cluster)
        guard error == 0 else {
            add("talk to server", producer.library.text(error) + watch.lastWords, isOK: false)
            return report
        }
        add("talk to server", "\(cluster.brokers) brokers, librdkafka \(producer.library.version)", isOK: true)
        if let topic {
            let name = String(decoding: topic, as: UTF8.self)
            let isOK = cluster.topic_error == 0
            let detail = isOK ? "\(cluster.partitions) partitions" : producer.library.text(cluster.topic_error)
            add("topic \(name)", detail, isOK: isOK)
        }
        return report
    }

    /// Asks for ten seconds; for two when none of the brokers can be reached, which may have other addresses.
    private static func ask(
        _ producer: KafkaProducer, _ topic: OpaquePointer?, _ watch: BrokerWatch, _ cluster: inout ck_cluster
    ) -> Int32 {
        let start = Clocks.monotonic
        while true {
            let error = unsafe ck_ask_cluster(producer.handle, topic, 500, &cluster)
            let passed = Clocks.monotonic - start
            let isHopeless = passed > 2_000_000_000 && watch.allBrokersDown(since: start) != nil
            if error == 0 || isHopeless || passed > 10_000_000_000 { return error }
        }
    }
}
