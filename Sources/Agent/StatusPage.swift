import Publishing

/// `/stats`: everything in an `AgentStatus`, as JSON for people and scripts.
package enum StatusPage {
    package static func render(_ status: AgentStatus) -> String {
        var members: [(String, JSONText)] = [
            ("agent", agent(status)),
            ("registry", registry(status)),
            ("pipelines", .object(status.pipelines.map { ($0.name, pipeline($0)) })),
        ]
        if let usage = status.usage {
            members.append(("process", process(usage)))
        }
        return JSONText.object(members).text(indented: true) + "\n"
    }

    private static func agent(_ status: AgentStatus) -> JSONText {
        .object([
            ("type", .string("needletail")),
            ("version", .string(status.version)),
            ("id", .string(status.agentID)),
            ("hostname", .string(status.hostname)),
            ("pid", .integer(Int64(status.processID))),
            ("started", .string(RFC3339.text(milliseconds: status.started))),
            ("time", .string(RFC3339.text(milliseconds: status.time))),
            ("uptime_seconds", .seconds(status.uptime)),
            ("stopping", .bool(status.stopping)),
            ("config_warnings", .array(status.configWarnings.map { .string($0) })),
        ])
    }

    private static func registry(_ status: AgentStatus) -> JSONText {
        .object([
            ("trouble", .string(status.registryTrouble)),
            ("recovery", .string(status.registryRecovery)),
        ])
    }

    private static func process(_ usage: ProcessUsage) -> JSONText {
        .object([
            ("cpu_seconds", .seconds(usage.cpu)),
            ("resident_bytes", .unsigned(usage.residentBytes)),
            ("open_files", .integer(Int64(usage.openDescriptors))),
        ])
    }

    private static func pipeline(_ pipeline: PipelineStatus) -> JSONText {
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
                .object([("bytes", .unsigned(pipeline.lagBytes)), ("seconds", .seconds(pipeline.lag))])
            ),
            ("bytes", bytes(pipeline)),
            ("events", events(pipeline)),
            ("deliveries", deliveries(pipeline)),
            (
                "budget",
                .object([("bytes", .unsigned(pipeline.budgetBytes)), ("used", .unsigned(pipeline.budgetUsedBytes))])
            ),
            ("files", files(pipeline)),
        ])
    }

    private static func bytes(_ pipeline: PipelineStatus) -> JSONText {
        .object([
            ("read", .unsigned(pipeline.readBytes)),
            ("settled", .object(pipeline.settled.map { ($0.reason, .unsigned($0.bytes)) })),
            ("pending", .unsigned(pipeline.pendingBytes)),
            ("unaccounted", .integer(pipeline.unaccountedBytes)),
        ])
    }

    private static func events(_ pipeline: PipelineStatus) -> JSONText {
        .object([
            ("read", .unsigned(pipeline.eventsRead)),
            ("delivered", .unsigned(pipeline.eventsDelivered)),
            ("filtered", .unsigned(pipeline.eventsFiltered)),
            ("dead_letter", .unsigned(pipeline.eventsDeadLettered)),
            ("dead_letter_evicted", .unsigned(pipeline.deadLettersEvicted)),
            ("invalid_utf8", .unsigned(pipeline.invalidUTF8Lines)),
            ("parse_errors", .unsigned(pipeline.parseErrors)),
        ])
    }

    private static func deliveries(_ pipeline: PipelineStatus) -> JSONText {
        .object([
            ("batches", .unsigned(pipeline.batches)),
            ("retries", .unsigned(pipeline.retries)),
            ("failures", .object(pipeline.failures.map { ($0.cause, .unsigned($0.count)) })),
            ("in_flight", .integer(Int64(pipeline.inFlightDeliveries))),
            ("in_flight_bytes", .unsigned(pipeline.inFlightBytes)),
        ])
    }

    private static func files(_ pipeline: PipelineStatus) -> JSONText {
        .object([
            ("known", .integer(Int64(pipeline.filesKnown))),
            ("active", .integer(Int64(pipeline.filesActive))),
            ("open", .integer(Int64(pipeline.filesOpen))),
        ])
    }
}
