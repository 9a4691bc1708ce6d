package import ElasticsearchOutput
package import EventModel
package import FileOutput
package import HTTPOutput
import HTTPTransport
package import KafkaOutput
package import LokiOutput
package import LumberjackOutput
package import OTLPOutput
package import Publishing
package import TCPOutput

/// One output as configured: the protocol with its settings, and what its pipeline is told.
package struct OutputPlan: Sendable, Equatable {
    /// The protocol, with the settings that only it has.
    package enum Kind: Sendable, Equatable {
        case logstash(LumberjackSettings)
        case tcp(TCPSettings)
        case http(HTTPSettings)
        case kafka(KafkaSettings)
        case elasticsearch(ElasticsearchSettings)
        case otlp(OTLPSettings)
        case loki(LokiSettings)
        case file(FileOutputSettings)
        case console(ConsoleOutputSettings)
        case discard(DiscardOutputSettings)

        /// The name in the configuration: `logstash`, `tcp`, …
        package var label: String {
            switch self {
            case .logstash: "logstash"
            case .tcp: "tcp"
            case .http: "http"
            case .kafka: "kafka"
            case .elasticsearch: "elasticsearch"
            case .otlp: "otlp"
            case .loki: "loki"
            case .file: "file"
            case .console: "console"
            case .discard: "discard"
            }
        }
    }

    /// Key under `outputs:`, or the kind's label for the one `output.KIND`; unique, and part of the registry's key.
    package var name: String
    package var kind: Kind
    package var pipeline = PipelineSettings()
    /// How `tcp`, `file` and `console` write an event.
    package var codec = Codec.json()
    /// `@metadata.beat` of the events, in lower case (`index`).
    package var index = OutputPlan.defaultIndex
    /// Write the derived id as `event.id` too, not only as `@metadata._id` (`include_event_id`).
    package var includeEventID = false

    package static let defaultIndex = "needletail"

    package init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Sets the compression level of an output that compresses; others have none to set.
    package mutating func setCompression(_ level: Int) {
        switch kind {
        case .logstash(var settings):
            settings.compressionLevel = level
            kind = .logstash(settings)
        case .http(var settings):
            settings.client.compressionLevel = level
            kind = .http(settings)
        case .kafka(var settings):
            if level == 0 { settings.compression = .none } else { settings.compressionLevel = level }
            kind = .kafka(settings)
        case .elasticsearch(var settings):
            settings.client.compressionLevel = level
            kind = .elasticsearch(settings)
        case .otlp(var settings):
            settings.client.compressionLevel = level
            kind = .otlp(settings)
        case .loki(var settings):
            settings.client.compressionLevel = level
            kind = .loki(settings)
        case .tcp, .file, .console, .discard: break
        }
    }
}
