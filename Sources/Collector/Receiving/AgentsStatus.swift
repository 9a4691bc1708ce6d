import Glibc
import LogStore
import Synchronization

/// One shipper, as the page shows it.
package struct AgentStatusRow: Sendable, Equatable {
    /// `host.name`, or `agent.name`, or the address.
    package var name = ""
    package var host = ""
    package var address = ""
    package var `protocol` = CollectorProtocol.lumberjack
    /// `agent.type`, or the client's `User-Agent`.
    package var agent = ""
    package var version = ""
    /// Open Lumberjack connections from that address; HTTP has none to count.
    package var connections = 0
    /// Arrival of the last batch, ns since 1970.
    package var lastSeen: Int64 = 0
    package var events = 0
    package var bytes = 0
    /// Over the last ten seconds or so.
    package var eventsPerSecond = 0.0
    /// Arrival minus event time of the last event of the last batch; nil: it had no time.
    package var lag: Duration?

    package init() {}
}

/// Who ships here: one row for each address, protocol and name.
///
/// - Shape: bounded; the row that was seen longest ago makes place for a new one.
package final class AgentsStatus: Sendable {
    private static let capacity = 2048
    private struct Key: Hashable {
        var address: String
        var `protocol`: CollectorProtocol
        var name: String
    }
    private struct Entry {
        var row = AgentStatusRow()
        var rate = RateMeter()
    }
    private struct State {
        var entries: [Key: Entry] = [:]
        var connections: [String: Int] = [:]
    }
    private let state = Mutex(State())

    package init() {}

    /// All rows, the last seen first.
    /// - Parameter now: ns since 1970.
    package func rows(now: Int64) -> [AgentStatusRow] {
        let rows = state.withLock { state in
            state.entries.values.map { entry in
                var row = entry.row
                row.eventsPerSecond = entry.rate.perSecond(now)
                if row.protocol == .lumberjack { row.connections = state.connections[row.address] ?? 0 }
                return row
            }
        }
        return rows.sorted { ($0.lastSeen, $1.name) > ($1.lastSeen, $0.name) }
    }

    func connected(_ address: String) { state.withLock { $0.connections[address, default: 0] += 1 } }

    func disconnected(_ address: String) {
        state.withLock { state in
            let left = (state.connections[address] ?? 1) - 1
            state.connections[address] = left > 0 ? left : nil
        }
    }

    func received(_ events: IncomingSummary, _ facts: AgentFacts, from client: Client, at now: Int64) {
        let host = facts.host ?? ""
        let name = [facts.host, facts.agentName].compactMap(\.self).first { !$0.isEmpty } ?? client.address
        let key = Key(address: client.address, protocol: client.protocol, name: name)
        state.withLock { state in
            if state.entries[key] == nil, state.entries.count >= AgentsStatus.capacity {
                if let oldest = state.entries.min(by: { $0.value.row.lastSeen < $1.value.row.lastSeen }) {
                    state.entries[oldest.key] = nil
                }
            }
            var entry = state.entries[key] ?? Entry()
            entry.row.name = name
            entry.row.host = host
            entry.row.address = client.address
            entry.row.protocol = client.protocol
            entry.row.agent = facts.agentType ?? client.userAgent
            entry.row.version = facts.agentVersion ?? ""
            entry.row.lastSeen = now
            entry.row.events += events.count
            entry.row.bytes += events.bytes
            entry.row.lag = facts.time.map { .nanoseconds(now - $0) }
            entry.rate.add(events.count, now)
            state.entries[key] = entry
        }
    }
}

/// Events a second, as a mean that forgets with a time constant of ten seconds.
struct RateMeter: Sendable {
    private static let memory = 10e9
    private var level = 0.0
    private var last: Int64 = 0

    mutating func add(_ events: Int, _ now: Int64) {
        level = decayed(now) + Double(events)
        last = max(last, now)
    }

    func perSecond(_ now: Int64) -> Double { decayed(now) / (RateMeter.memory / 1e9) }

    private func decayed(_ now: Int64) -> Double { level * exp(-Double(max(0, now - last)) / RateMeter.memory) }
}
