import AgentConfig
package import LogQuery
package import LogStore

/// What the API tells of.
package struct APISources: Sendable {
    package var search: LogSearch
    package var store: LogStore
    package var agents: AgentsStatus
    package var counters: ReceivingCounters
    /// The addresses that are listened on, by name (`lumberjack`, `http`); empty until they are.
    package var listeners: @Sendable () -> [(name: String, address: String)]
    /// `collector.trace_url`.
    package var traceURL: String?

    package init(
        search: LogSearch, store: LogStore, agents: AgentsStatus, counters: ReceivingCounters, traceURL: String? = nil,
        listeners: @escaping @Sendable () -> [(name: String, address: String)]
    ) {
        self.search = search
        self.store = store
        self.agents = agents
        self.counters = counters
        self.traceURL = traceURL
        self.listeners = listeners
    }

    /// Those of a running collector.
    package init(_ parts: CollectorParts) throws(StoreError) {
        let reader = try StoreReader(directory: parts.settings.storeSettings.directory)
        self.init(
            search: LogSearch(reader: reader, aliases: parts.settings.aliases), store: parts.store,
            agents: parts.intake.agents, counters: parts.intake.counters, traceURL: parts.settings.traceURL
        ) { [listening = parts.listening] in listening.list }
    }

    /// The address of a trace in a viewer such as Jaeger; nil when none is configured, or the id is not fit for one.
    func traceLink(_ id: String) -> String? {
        guard let traceURL, !id.isEmpty, id.utf8.count <= 64,
            id.utf8.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit || $0 == UInt8(ascii: "-") }),
            let place = traceURL.firstRange(of: "{trace_id}")
        else { return nil }
        return traceURL.replacingCharacters(in: place, with: id)
    }
}

extension String {
    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        String(self[..<range.lowerBound]) + text + String(self[range.upperBound...])
    }
}
