import EventFields

/// What a scan found, as Strings.
struct Found: Equatable {
    var time: Int64?
    var severity: Severity
    var roles: [EventRole: String] = [:]
    /// `path=text`, in their order; noise with a `~` before it.
    var values: [String] = []

    subscript(role: EventRole) -> String { roles[role] ?? "" }
}

func text(_ span: Span<UInt8>) -> String {
    unsafe span.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
}

func scan(_ event: [UInt8], aliases: FieldAliases = .standard) -> Found {
    var scanner = EventScanner(aliases: aliases)
    var values: [String] = []
    let facts = scanner.scan(event.span) {
        values.append(($0.isNoise ? "~" : "") + text($0.path) + "=" + text($0.text))
    }
    var found = Found(time: facts.time, severity: facts.severity, values: values)
    for role in EventRole.allCases where !facts[role].isEmpty {
        found.roles[role] = text(scanner.text.extracting(facts[role]))
    }
    return found
}

func scan(_ event: String, aliases: FieldAliases = .standard) -> Found {
    scan(Array(event.utf8), aliases: aliases)
}

/// The same numbers for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// splitmix64.
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
