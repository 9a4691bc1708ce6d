import AgentConfig
import ElasticsearchOutput
import EventModel
import FileOutput
import HTTPOutput
import KafkaOutput
import Logging
import LokiOutput
import LumberjackOutput
import NIOCore
import OTLPOutput
import Publishing
import TCPOutput

/// Makes the outputs that the configuration asks for.
struct OutputFactory {
    let group: any EventLoopGroup
    let logger: Logger
    /// The host's name, for outputs that say it beside the events.
    let host: String

    func make(_ plan: OutputPlan, counters: EventCounters?) throws -> any Output {
        switch plan.kind {
        case .logstash(let settings): try LumberjackOutput(settings, group: group, counters: counters)
        case .tcp(let settings): try TCPOutput(settings, group: group, counters: counters)
        case .http(let settings):
            try HTTPOutput(
                settings, userAgent: "needletail/\(AgentVersion.text)", counters: counters, logger: logger)
        case .kafka(let settings): try KafkaOutput(settings, host: host, counters: counters, logger: logger)
        case .elasticsearch(let settings):
            try ElasticsearchOutput(settings, version: AgentVersion.text, counters: counters, logger: logger)
        case .otlp(let settings):
            try OTLPOutput(
                settings, userAgent: "needletail/\(AgentVersion.text)", counters: counters, logger: logger)
        case .loki(let settings):
            try LokiOutput(
                settings, userAgent: "needletail/\(AgentVersion.text)", counters: counters, logger: logger)
        case .file(let settings): FileOutput(settings, counters: counters, logger: logger)
        case .console(let settings): ConsoleOutput(settings, counters: counters, logger: logger)
        case .discard(let settings): DiscardOutput(settings, counters: counters)
        }
    }
}
