import EventModel
import TestSupport
import Testing
import Transport

@testable import KafkaOutput

/// From settings to librdkafka's properties, and what is said where they cannot work.
@Suite struct SettingTests {
    private static func properties(_ adjust: (inout KafkaSettings) -> Void) throws -> [String: String] {
        var settings = KafkaSettings()
        settings.hosts = [Endpoint(host: "::1", port: 9092), Endpoint(host: "b", port: 1)]
        settings.topic = "logs"
        adjust(&settings)
        let all = try KafkaProperties(settings).all
        return Dictionary(all.map { ($0.name, $0.value.exposed) }) { _, last in last }
    }

    @Test func `everything is acknowledged by all and numbered, unless told otherwise`() throws {
        let standard = try Self.properties { _ in }
        #expect(standard["bootstrap.servers"] == "[::1]:9092,b:1")
        #expect(standard["request.required.acks"] == "-1" && standard["enable.idempotence"] == "true")
        #expect(standard["enable.gapless.guarantee"] == "true" && standard["message.timeout.ms"] == "0")
        #expect(standard["security.protocol"] == nil && standard["compression.codec"] == "lz4")
        let leader = try Self.properties { $0.requiredAcks = 1 }
        #expect(leader["enable.idempotence"] == "false")
        #expect(leader["max.in.flight.requests.per.connection"] == "1")
    }

    @Test func `a user makes SASL, and TLS is verified`() throws {
        let secured = try Self.properties {
            $0.username = "u"
            $0.password = Secret("p")
            $0.tls = TLSSettings()
            $0.tls?.certificateAuthorities = ["-----BEGIN CERTIFICATE-----\nx"]
        }
        #expect(secured["security.protocol"] == "sasl_ssl" && secured["sasl.mechanisms"] == "PLAIN")
        #expect(secured["sasl.username"] == "u" && secured["sasl.password"] == "p")
        #expect(secured["enable.ssl.certificate.verification"] == "true")
        #expect(secured["ssl.endpoint.identification.algorithm"] == "https")
        #expect(secured["ssl.ca.pem"] == "-----BEGIN CERTIFICATE-----\nx\n")
        let trusting = try Self.properties {
            $0.tls = TLSSettings()
            $0.tls?.verificationMode = .none
        }
        #expect(trusting["security.protocol"] == "ssl")
        #expect(trusting["enable.ssl.certificate.verification"] == "false")
    }

    @Test func `librdkafka takes every property that the settings become`() throws {
        let library = try KafkaLibrary.load()
        let all = try Self.properties {
            $0.username = "u"
            $0.password = Secret("p")
            $0.mechanism = .scram512
            $0.compression = .zstd
            $0.compressionLevel = 3
            $0.timeout = .seconds(100_000)
            $0.keepAlive = .seconds(1)
        }
        for (name, value) in all { #expect(library.objection(to: name, value) == nil) }
    }

    @Test func `a host without librdkafka is told what to install`() throws {
        var settings = KafkaSettings()
        settings.hosts = [Endpoint(host: "127.0.0.1", port: 9)]
        settings.topic = "logs"
        let error = #expect(throws: KafkaOutputError.self) {
            _ = try KafkaOutput(
                settings, host: nil, logger: KafkaScene.quiet, libraryName: "librdkafka-is-not-here.so.1")
        }
        #expect(error?.code == .noLibrary)
        #expect(error?.message.contains("apt install librdkafka1") == true)
        #expect(error?.message.contains("librdkafka-is-not-here.so.1") == true)
    }

    @Test func `a library that is another one is not taken for librdkafka`() {
        let error = #expect(throws: KafkaOutputError.self) { _ = try KafkaLibrary.load("libc.so.6") }
        #expect(error?.message.contains("it has no rd_kafka_version") == true)
    }

    @Test func `a property that librdkafka does not take is an error with its words`() {
        var settings = KafkaSettings()
        settings.hosts = [Endpoint(host: "127.0.0.1", port: 9)]
        settings.topic = "logs"
        settings.properties = [.init(name: "no.such.property", value: Secret("1"))]
        let error = #expect(throws: KafkaOutputError.self) {
            _ = try KafkaOutput(settings, host: nil, logger: KafkaScene.quiet)
        }
        #expect(error?.code == .badProperty)
        #expect(error?.message.contains("No such configuration property") == true)
    }

    @Test func `secrets are not in what is printed`() {
        var settings = KafkaSettings()
        settings.password = Secret("hush-hush")
        settings.properties = [.init(name: "ssl.key.password", value: Secret("hush-hush"))]
        settings.headers = [.init(name: "token", value: Secret("hush-hush"))]
        var text = ""
        dump(settings, to: &text)
        #expect(!text.contains("hush") && !"\(settings)".contains("hush"))
    }
}
