package import AgentConfig
package import EventFields
package import LogStore
package import Logging

/// What the collector is made of, for whatever answers questions about it.
package struct CollectorParts: Sendable {
    package let settings: CollectorSettings
    package let store: LogStore
    package let intake: Intake
    /// Where it listens, once it does.
    package let listening = CollectorListening()

    /// Opens the store.
    package init(_ settings: CollectorSettings, logger: Logger) throws(StoreError) {
        self.settings = settings
        store = try LogStore(settings.storeSettings, logger: logger)
        intake = Intake(sink: store, budget: IntakeBudget(limit: settings.limits.memory), logger: logger)
    }
}

extension CollectorSettings {
    /// The same for the store.
    package var storeSettings: StoreSettings {
        var result = StoreSettings(directory: dataPath)
        result.segmentBytes = store.segmentBytes
        result.retentionAge = store.retentionAge.components.seconds
        result.retentionBytes = store.retentionBytes
        result.queueBytes = store.queueBytes
        result.eventBytes = limits.event
        result.aliases = aliases
        return result
    }

    /// The standard names of fields, and those of `collector.fields`.
    package var aliases: FieldAliases {
        let added: [(names: [String], role: EventRole)] = [
            (fields.time, .time), (fields.level, .level), (fields.service, .service), (fields.trace, .trace),
            (fields.span, .span), (fields.parentSpan, .parentSpan), (fields.request, .request), (fields.host, .host),
            (fields.file, .file), (fields.message, .message), (fields.eventID, .eventID),
        ]
        return added.reduce(FieldAliases.standard) { $1.names.isEmpty ? $0 : $0.adding($1.names, to: $1.role) }
    }
}
