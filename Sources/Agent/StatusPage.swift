import EventModel
import Publishing

/// `/stats`: everything in an `AgentStatus`, as JSON for people and scripts.
package enum StatusPage {
    package static func render(_ status: AgentStatus) -> String {
        var members: [(String, JSONTree)] = [
            ("agent", agent(status)),
            ("registry", registry(status)),
            ("pipelines", .object(status.pipelines.map { ($0.name, pipeline($0)) })),
        ]
        if let usage = status.usage {
            members.append(("process", process(usage)))
        }
        return JSONTree.object(members).text(indented: true) + "\n"
    }

    private static func agent(_ status: AgentStatus) -> JSONTree {
        .object([
            ("type", .string("needletail")),
            ("version", .string(status.version)),
            ("id", .string(status.agentID)),
            ("hostname", .string(status.hostname)),
            ("pid", .integer(status.processID)),
            ("started", .string(RFC3339.text(milliseconds: status.started))),
            ("time", .string(RFC3339.text(milliseconds: status.time))),
            ("uptime_seconds", .seconds(status.uptime)),
            ("stopping", .bool(status.stopping)),
            ("config_warnings", .array(status.configWarnings.map { .string($0) })),
        ])
    }

    private static func registry(_ status: AgentStatus) -> JSONTree {
        .object([
            ("trouble", .string(status.registryTrouble)),
            ("recovery", .string(status.registryRecovery)),
        ])
    }

    private static func process(_ usage: ProcessUsage) -> JSONTree {
        .object([
            ("cpu_seconds", .seconds(usage.cpu)),
            ("resident_bytes", .integer(usage.residentBytes)),
            ("open_files", .integer(usage.openDescriptors)),
        ])
    }

    private static func pipeline(_ pipeline: PipelineStatus) -> JSONTree {
        .object([
            (
                "output",
                .object([
                    ("type", .string(pipeline.outputKind)), ("endpoint", .string(pipeline.endpoint)),
                    ("last_failure", .string(pipeline.lastFailure)),
                ])
            ),
            ("paused", .string(pipeline.paused)),
            (
                "lag",
                .object([("bytes", .integer(pipeline.lagBytes)), ("seconds", .seconds(pipeline.lag))])
            ),
            ("bytes", bytes(pipeline)),
            ("events", events(pipeline)),
            ("deliveries", deliveries(pipeline)),
            (
                "budget",
                .object([("bytes", .integer(pipeline.budgetBytes)), ("used", .integer(pipeline.budgetUsedBytes))])
            ),
            ("files", files(pipeline)),
        ])
    }

    private static func bytes(_ pipeline: PipelineStatus) -> JSONTree {
        .object([
            ("read", .integer(pipeline.readBytes)),
            ("settled", .object(pipeline.settled.map { ($0.reason, .integer($0.bytes)) })),
            ("pending", .integer(pipeline.pendingBytes)),
            ("unaccounted", .integer(pipeline.unaccountedBytes)),
        ])
    }

    private static func events(_ pipeline: PipelineStatus) -> JSONTree {
        .object([
            ("read", .integer(pipeline.eventsRead)),
            ("delivered", .integer(pipeline.eventsDelivered)),
            ("filtered", .integer(pipeline.eventsFiltered)),
            ("dead_letter", .integer(pipeline.eventsDeadLettered)),
            ("dead_letter_evicted", .integer(pipeline.deadLettersEvicted)),
            ("invalid_utf8", .integer(pipeline.invalidUTF8Lines)),
            ("parse_errors", .integer(pipeline.parseErrors)),
            ("partial_success_rejected", .integer(pipeline.eventsLeftOut)),
            ("labels_replaced", .integer(pipeline.labelsReplaced)),
        ])
    }

    private static func deliveries(_ pipeline: PipelineStatus) -> JSONTree {
        .object([
            ("batches", .integer(pipeline.batches)),
            ("retries", .integer(pipeline.retries)),
            ("failures", .object(pipeline.failures.map { ($0.cause, .integer($0.count)) })),
            ("in_flight", .integer(pipeline.inFlightDeliveries)),
            ("in_flight_bytes", .integer(pipeline.inFlightBytes)),
        ])
    }

    private static func files(_ pipeline: PipelineStatus) -> JSONTree {
        .object([
            ("known", .integer(pipeline.filesKnown)),
            ("active", .integer(pipeline.filesActive)),
            ("open", .integer(pipeline.filesOpen)),
        ])
    }
}
