import AgentConfig
import EventModel
import HTTPOutput
import Logging
import NIOCore
import Publishing
import TCPOutput

/// Makes the outputs that the configuration asks for.
struct OutputFactory {
    let group: any EventLoopGroup
    let logger: Logger

    func make(_ plan: OutputPlan, counters: EventCounters?) throws -> any Output {
        switch plan.kind {
        case .logstash, .file, .console, .discard: preconditionFailure("not yet")
        case .tcp(let settings): try TCPOutput(settings, group: group, counters: counters)
        case .http(let settings):
            try HTTPOutput(
                settings, userAgent: "needletail/\(AgentVersion.text)", counters: counters, logger: logger)
        }
    }
}
