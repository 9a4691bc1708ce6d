import LogQuery
import LogStore

/// The answers on the collector itself.
enum APIStatus {
    static func agents(_ sources: APISources, now: Int64) -> [UInt8] {
        var json = JSONBuilder()
        json.object { json in
            json.name("agents")
            json.array { json in for row in sources.agents.rows(now: now) { agent(row, &json) } }
        }
        return json.bytes
    }

    private static func agent(_ row: AgentStatusRow, _ json: inout JSONBuilder) {
        json.object { json in
            json.member("name", row.name)
            json.member("host", row.host)
            json.member("address", row.address)
            json.member("protocol", row.protocol.rawValue)
            json.member("agent", row.agent)
            json.member("version", row.version)
            json.member("connected", row.connections > 0)
            json.member("last_seen", TimeStamp.text(row.lastSeen))
            json.member("events", row.events)
            json.member("bytes", row.bytes)
            json.member("events_per_s", row.eventsPerSecond)
            json.name("lag_s")
            if let lag = row.lag { json.number(lag / .seconds(1)) } else { json.null() }
        }
    }

    static func status(_ sources: APISources) -> [UInt8] {
        let store = sources.store.status
        var json = JSONBuilder()
        json.object { json in
            json.name("store")
            json.object { json in
                json.member("events", store.events)
                json.member("bytes", store.bytes)
                json.member("raw_bytes", store.rawBytes)
                json.member("segments", store.segments)
                for (name, time) in [("oldest", store.oldest), ("newest", store.newest)] {
                    json.name(name)
                    if let time { json.string(TimeStamp.text(time)) } else { json.null() }
                }
                json.member("segments_dropped", store.segmentsDropped)
                json.member("segments_set_aside", store.segmentsSetAside)
                json.name("trouble")
                if let trouble = store.trouble { json.string(trouble) } else { json.null() }
            }
            json.name("queue")
            json.object { json in
                json.member("bytes", store.queueBytes)
                json.member("limit", store.queueLimit)
            }
            json.name("receiving")
            receiving(sources.counters.counts, &json)
            json.name("listeners")
            json.object { json in for (name, address) in sources.listeners() { json.member(name, address) } }
        }
        return json.bytes
    }

    private static func receiving(_ counts: [CollectorProtocol: ReceivingCounts], _ json: inout JSONBuilder) {
        json.object { json in
            json.member("events", counts.values.reduce(0) { $0 + $1.events })
            json.member("duplicates", counts.values.reduce(0) { $0 + $1.duplicates })
            json.member("refused", counts.values.reduce(0) { $0 + $1.refused })
            json.name("protocols")
            json.object { json in
                for (name, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                    json.name(name.rawValue)
                    json.object { json in
                        json.member("events", count.events)
                        json.member("bytes", count.bytes)
                        json.member("batches", count.batches)
                        json.member("duplicates", count.duplicates)
                        json.member("refused", count.refused)
                        json.member("failures", count.failures)
                        json.member("overloads", count.overloads)
                    }
                }
            }
        }
    }
}
