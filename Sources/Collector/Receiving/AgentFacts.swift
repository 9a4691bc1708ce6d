import EventModel
import LogStore

/// What the last event of a batch says about the shipper that sent it.
struct AgentFacts: Sendable, Equatable {
    /// ns since 1970.
    var time: Int64?
    var host: String?
    var agentName: String?
    var agentType: String?
    var agentVersion: String?

    /// Names longer than this are cut: they go into a table.
    private static let longest = 200

    init() {}

    init(lastOf events: IncomingEvents) {
        guard let end = events.ends.last else {
            self.init()
            return
        }
        let start = events.ends.dropLast().last ?? 0
        self.init(event: events.bytes, start..<end)
    }

    init(event bytes: [UInt8], _ range: Range<Int>) {
        var reader = JSONReader(bytes, range: range)
        read(&reader, prefix: "")
    }

    private mutating func read(_ reader: inout JSONReader, prefix: String) {
        reader.members { key, value in
            switch prefix + key {
            case "@timestamp" where value.kind == .string:
                time = TimeText.milliseconds(of: value.stringBytes()).flatMap(AgentFacts.nanoseconds)
            case "host" where value.kind == .object: read(&value, prefix: "host.")
            case "agent" where value.kind == .object: read(&value, prefix: "agent.")
            case "host" where value.kind == .string, "hostname" where value.kind == .string,
                "host.name" where value.kind == .string:
                host = AgentFacts.short(&value)
            case "agent.name": agentName = AgentFacts.short(&value)
            case "agent.type": agentType = AgentFacts.short(&value)
            case "agent.version": agentVersion = AgentFacts.short(&value)
            default: break
            }
        }
    }

    /// nil beyond the years 1677 to 2262.
    private static func nanoseconds(_ milliseconds: Int64) -> Int64? {
        let (product, overflow) = milliseconds.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? nil : product
    }

    private static func short(_ reader: inout JSONReader) -> String {
        String(decoding: reader.stringBytes().prefix(longest), as: UTF8.self)
    }
}
