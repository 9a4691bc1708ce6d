import EventModel
import Publishing
import TestSupport
import Transport

@testable import KafkaOutput

/// An output that ships to a broker with TLS, SASL and numbers that are looked at; all settings as they are by default.
final class BrokerScene: Sendable {
    let broker: KafkaBroker
    let output: KafkaOutput
    let driver: LaneDriver

    init(_ broker: KafkaBroker, adjust: (inout KafkaSettings) -> Void = { _ in }) throws {
        self.broker = broker
        var settings = KafkaSettings()
        settings.hosts = [Endpoint(host: "localhost", port: broker.port)]
        settings.topic = "logs"
        settings.compression = .none
        settings.properties = [
            .init(name: "reconnect.backoff.ms", value: Secret("1")),
            .init(name: "reconnect.backoff.max.ms", value: Secret("20")),
            .init(name: "broker.address.family", value: Secret("v4")),
            .init(name: "retry.backoff.ms", value: Secret("5")),
        ]
        adjust(&settings)
        output = try KafkaOutput(settings, host: "web1", logger: KafkaScene.quiet)
        driver = LaneDriver(output.makeLane(0))
    }

    var messages: [String] { broker.records().map(\.message) }

    func end() async {
        driver.lane.close()
        await output.shutdown()
        await broker.stop()
    }
}
