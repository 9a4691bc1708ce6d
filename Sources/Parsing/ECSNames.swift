import EventFields
import EventModel

/// What is known of the names at the root of a line that `normalize: ecs` looks at.
///
/// - Shape: some 130 names; the mark of a name is its index. Made once per input, then read-only.
struct ECSNames: Sendable {
    /// Where a value goes: the fields by their number, and what is none by itself.
    typealias Slot = UInt8
    static let traceparent: Slot = 13
    /// `name`, which is the service beside `pid` and a host.
    static let serviceName: Slot = 14
    static let none: Slot = 15

    struct Entry: Sendable {
        var slot = ECSNames.none
        /// Place among the names of the field; the lowest wins.
        var rank: UInt8 = 0
        var form = FieldAliases.Form.plain
        /// The object at the root of the event that has this name, a bit; 0 for none.
        var root: UInt16 = 0
        /// The object at the root of the event that the field is in, a bit.
        var target: UInt16 = 0
        /// The event has a member of this name, so that the line's cannot stand beside it.
        var isReserved = false
        var isHost = false
        var isProcess = false
        /// `err`: pino and bunyan put an object there.
        var takesError = false
        /// `log.origin`, whose value is an object.
        var isOrigin = false
    }

    private(set) var names: [String] = []
    private(set) var entries: [Entry] = []
    private(set) var marks: [[UInt8]: Int] = [:]
    /// Roots that the configuration has members in, a bit each: what goes there is merged.
    let configuredRoots: UInt16
    let traceRoot = ECSNames.bit(ofRoot: ECSField.trace.root)
    let spanRoot = ECSNames.bit(ofRoot: ECSField.span.root)
    let logRoot = ECSNames.bit(ofRoot: ECSField.level.root)
    let hasHost: Bool

    private static let roots = Array(Set(ECSField.allCases.filter { $0 != .time }.map(\.root))).sorted()

    static func bit(ofRoot name: String) -> UInt16 {
        roots.firstIndex(of: name).map { 1 << UInt16($0) } ?? 0
    }

    init(_ keys: EventKeys, messageKey: String) {
        hasHost = keys.defaults.contains("host") || keys.configured.contains("host")
        configuredRoots = keys.configured.reduce(0) { $0 | ECSNames.bit(ofRoot: $1) }
        for field in ECSField.allCases {
            var names = FieldAliases.standard.names(of: field)
            if field == .message, !messageKey.isEmpty {
                names.removeAll { $0.name == messageKey }
                names.insert((messageKey, .plain), at: messageKey == field.path ? 0 : 1)
            }
            for (rank, name) in names.enumerated() { add(name.name, field, name.form, rank: UInt8(rank)) }
        }
        for root in ECSNames.roots where marks[Array(root.utf8)] == nil { append(root, Entry()) }
        let reserved = Set(keys.all)
        for index in entries.indices {
            entries[index].isReserved = reserved.contains(names[index])
            entries[index].root = ECSNames.bit(ofRoot: names[index])
        }
    }

    private mutating func add(_ name: String, _ field: ECSField, _ form: FieldAliases.Form, rank: UInt8) {
        guard marks[Array(name.utf8)] == nil else { return }
        var entry = Entry(slot: field.rawValue, rank: rank, form: form)
        entry.target = ECSNames.bit(ofRoot: field.root)
        switch form {
        case .traceparent: entry.slot = ECSNames.traceparent
        case .besideProcess: entry.slot = ECSNames.serviceName
        default: break
        }
        entry.isHost = field == .host
        // The shipper knows better.
        if field == .host, hasHost { entry.slot = ECSNames.none }
        entry.isProcess = name == "pid"
        entry.takesError = name == "err"
        entry.isOrigin = name == field.path && field == .origin
        append(name, entry)
    }

    private mutating func append(_ name: String, _ entry: Entry) {
        marks[Array(name.utf8)] = entries.count
        names.append(name)
        entries.append(entry)
    }
}
