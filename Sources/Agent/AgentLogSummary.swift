package import Logging
import Publishing

/// The line that the log gets every 30 seconds per pipeline, when something happened in them.
package enum AgentLogSummary {
    package static let interval = Duration.seconds(30)
    package static let message: Logger.Message = "Summary"

    /// One set of fields per pipeline that read, settled or retried something between the two snapshots.
    package static func lines(from earlier: AgentStatus?, to later: AgentStatus) -> [Logger.Metadata] {
        let span = earlier.map { later.time - $0.time } ?? (later.time - later.started)
        return later.pipelines.compactMap { pipeline in
            let before = earlier?.pipelines.first { $0.name == pipeline.name }
            return line(from: before, to: pipeline, milliseconds: max(1, span))
        }
    }

    private static func line(
        from earlier: PipelineStatus?, to later: PipelineStatus, milliseconds: Int64
    ) -> Logger.Metadata? {
        let read = later.readBytes &- (earlier?.readBytes ?? 0)
        let settled = later.settledBytes &- (earlier?.settledBytes ?? 0)
        let retries = later.retries &- (earlier?.retries ?? 0)
        let delivered = later.eventsDelivered &- (earlier?.eventsDelivered ?? 0)
        let rejected = later.eventsDeadLettered &- (earlier?.eventsDeadLettered ?? 0)
        guard read > 0 || settled > 0 || retries > 0 || later.lastFailure != earlier?.lastFailure else { return nil }
        var fields: Logger.Metadata = [
            "pipeline": .string(later.name),
            "read.bytes": .stringConvertible(read),
            "settled.bytes": .stringConvertible(settled),
            "delivered.events": .stringConvertible(delivered),
            "settled.bytes_per_second": .stringConvertible(settled * 1000 / UInt64(milliseconds)),
            "lag.bytes": .stringConvertible(later.lagBytes),
            "lag.seconds": .string(HumanText.decimal(later.lag.inSeconds, places: 3)),
            "files.open": .stringConvertible(later.filesOpen),
        ]
        if retries > 0 { fields["retries"] = .stringConvertible(retries) }
        if rejected > 0 { fields["dead_letter.events"] = .stringConvertible(rejected) }
        let evicted = later.deadLettersEvicted &- (earlier?.deadLettersEvicted ?? 0)
        if evicted > 0 { fields["dead_letter.evicted"] = .stringConvertible(evicted) }
        if later.unaccountedBytes != 0 { fields["unaccounted.bytes"] = .stringConvertible(later.unaccountedBytes) }
        if let failure = later.lastFailure { fields["output.failure"] = .string(failure) }
        if let paused = later.paused { fields["paused"] = .string(paused) }
        return fields
    }
}
