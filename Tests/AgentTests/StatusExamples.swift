import Agent
import Publishing

/// Snapshots with numbers that can be recognised in a page.
enum StatusExample {
    /// 2026-01-22T16:34:53.963Z.
    static let start: Int64 = 1_769_099_693_963

    static func agent(_ pipelines: [PipelineStatus] = [pipeline()], after milliseconds: Int64 = 60_000) -> AgentStatus {
        AgentStatus(
            version: "1.2.3", hostname: "web-1", agentID: "8c1b0f7e-0000-4000-8000-000000000001", processID: 42,
            started: start, time: start + milliseconds, pipelines: pipelines)
    }

    static func pipeline(_ name: String = "logstash") -> PipelineStatus {
        var status = PipelineStatus(name: name, outputKind: "logstash", endpoint: "logs.example:5044")
        status.readBytes = 1_000_000
        status.settled = [
            PipelineStatus.Settled(reason: "delivered", bytes: 900_000),
            PipelineStatus.Settled(reason: "filtered", bytes: 50_000),
            PipelineStatus.Settled(reason: "dead_letter", bytes: 100),
        ]
        status.pendingBytes = 49_900
        status.eventsRead = 3200
        status.eventsDelivered = 2900
        status.eventsFiltered = 139
        status.eventsDeadLettered = 1
        status.deadLettersEvicted = 9
        status.batches = 12
        status.retries = 2
        status.failures = [PipelineStatus.Failures(cause: "timeout", count: 2)]
        status.inFlightDeliveries = 2
        status.inFlightBytes = 40_000
        status.budgetBytes = 16_777_216
        status.budgetUsedBytes = 65_536
        status.lagBytes = 123_456
        status.lag = .milliseconds(1500)
        status.filesKnown = 40
        status.filesActive = 3
        status.filesOpen = 5
        status.invalidUTF8Lines = 7
        status.parseErrors = 8
        status.eventsLeftOut = 5
        status.labelsReplaced = 6
        return status
    }
}
