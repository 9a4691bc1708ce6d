import EventModel
import FoundationEssentials
import Transport

/// The settings as librdkafka's properties, in the order in which they are set.
///
/// - Source: https://github.com/confluentinc/librdkafka/blob/master/CONFIGURATION.md
struct KafkaProperties {
    private(set) var all: [KafkaSettings.Property] = []

    init(_ settings: KafkaSettings) throws(KafkaOutputError) {
        set("bootstrap.servers", settings.hosts.map(\.description).joined(separator: ","))
        set("client.id", settings.clientID)
        setDelivery(settings)
        set("compression.codec", settings.compression.rawValue)
        if let level = settings.compressionLevel { set("compression.level", "\(level)") }
        set("message.max.bytes", "\(settings.maxMessageBytes)")
        // Events without a key would go where librdkafka likes, whatever chooses their partition.
        set("sticky.partitioning.linger.ms", "0")
        set("socket.timeout.ms", milliseconds(settings.timeout, 10...300_000))
        set("socket.keepalive.enable", settings.keepAlive > .zero ? "true" : "false")
        set("topic.metadata.refresh.interval.ms", milliseconds(settings.metadataRefresh, 10...3_600_000))
        set("topic.metadata.refresh.fast.interval.ms", milliseconds(settings.metadataBackoff, 1...60_000))
        set("log.connection.close", "false")
        try setSecurity(settings)
        all += settings.properties
    }

    /// librdkafka sends again for ever and keeps the order while it does; how long is too long the output decides, for
    /// all messages at once (`KafkaProducer`). A gap in a partition ends the producer instead of being passed over.
    private mutating func setDelivery(_ settings: KafkaSettings) {
        set("request.required.acks", "\(settings.requiredAcks)")
        set("enable.idempotence", settings.isIdempotent ? "true" : "false")
        if settings.isIdempotent {
            set("enable.gapless.guarantee", "true")
        } else {
            set("max.in.flight.requests.per.connection", "1")
        }
        set("message.timeout.ms", "0")
        set("request.timeout.ms", milliseconds(settings.brokerTimeout, 1...900_000))
    }

    private mutating func setSecurity(_ settings: KafkaSettings) throws(KafkaOutputError) {
        let mechanism =
            settings.mechanism ?? (settings.oauth2 != nil ? .oauthBearer : settings.username == nil ? nil : .plain)
        let isEncrypted = settings.tls != nil
        switch (mechanism, isEncrypted) {
        case (nil, false): break
        case (nil, true): set("security.protocol", "ssl")
        case (_, false): set("security.protocol", "sasl_plaintext")
        case (_, true): set("security.protocol", "sasl_ssl")
        }
        if let mechanism { set("sasl.mechanisms", mechanism.rawValue) }
        if let username = settings.username { set("sasl.username", username) }
        if let password = settings.password { set("sasl.password", password.exposed) }
        guard let tls = settings.tls else { return }
        let isVerified = tls.verificationMode != .none
        let namesHost = tls.verificationMode == .full || tls.verificationMode == .strict
        set("enable.ssl.certificate.verification", isVerified ? "true" : "false")
        set("ssl.endpoint.identification.algorithm", namesHost ? "https" : "none")
        if !tls.certificateAuthorities.isEmpty {
            var bundle = ""
            for authority in tls.certificateAuthorities { bundle += try KafkaProperties.pem(authority) + "\n" }
            set("ssl.ca.pem", bundle)
        }
        if let certificate = tls.certificate { set("ssl.certificate.pem", try KafkaProperties.pem(certificate)) }
        if let key = tls.key { set("ssl.key.pem", try KafkaProperties.pem(key)) }
        if let passphrase = tls.keyPassphrase { set("ssl.key.password", passphrase.exposed) }
    }

    /// The PEM text itself, or what is in the file of this name.
    private static func pem(_ textOrPath: String) throws(KafkaOutputError) -> String {
        if textOrPath.contains("-----BEGIN") { return textOrPath }
        do {
            return try String(contentsOfFile: textOrPath, encoding: .utf8)
        } catch {
            throw KafkaOutputError(.tls, "cannot read \(textOrPath): \(error)")
        }
    }

    private mutating func set(_ name: String, _ value: String) {
        all.append(.init(name: name, value: Secret(value)))
    }

    private func milliseconds(_ duration: Duration, _ range: ClosedRange<Int64>) -> String {
        let (seconds, attoseconds) = duration.components
        return "\(min(max(seconds * 1000 + attoseconds / 1_000_000_000_000_000, range.lowerBound), range.upperBound))"
    }
}

extension KafkaSettings {
    /// Why a property of librdkafka's cannot be set, where the output itself needs a certain value of it.
    package static func owned(_ name: String) -> String? {
        if name.hasSuffix("_cb") { return "it is a function" }
        return ownedProperties[name]
    }

    private static let ownedProperties: [String: String] = [
        "bootstrap.servers": "use hosts", "metadata.broker.list": "use hosts",
        "enable.idempotence": "use idempotence",
        "enable.gapless.guarantee": "a file's order depends on it",
        "acks": "use required_acks", "request.required.acks": "use required_acks",
        "message.timeout.ms": "use delivery_timeout", "delivery.timeout.ms": "use delivery_timeout",
        "message.max.bytes": "use max_message_bytes", "batch.size": "it is learnt from the topics",
        "delivery.report.only.error": "an event is delivered on its report only",
        "transactional.id": "there are no transactions here; consumers tell repetitions by the header event_id",
        "partitioner": "use partition",
        "sticky.partitioning.linger.ms": "use partition with group_events",
        "msg_order_cmp": "a file's order depends on it",
        "queuing.strategy": "a file's order depends on it", "enabled_events": "the output reads the events itself",
        "compression.codec": "use compression", "compression.type": "use compression",
        "sasl.username": "use username", "sasl.password": "use password",
        "sasl.mechanism": "use sasl.mechanism of the output", "sasl.mechanisms": "use sasl.mechanism of the output",
        "log_level": "the output writes no log of librdkafka's",
    ]
}
