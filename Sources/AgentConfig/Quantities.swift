/// Filebeat's spellings of yes and no.
enum Truth: Sendable {
    case yes, no

    init?(_ text: String) {
        switch text.lowercased() {
        case "true", "yes", "on": self = .yes
        case "false", "no", "off": self = .no
        default: return nil
        }
    }
}

/// `10s`, `1h30m`, `1.5h`, `100ms`; a bare number is seconds.
enum TimeSpan {
    /// Nanoseconds of each unit; `d` is 24 hours.
    private static let units: [(name: String, nanoseconds: Double)] = [
        ("ns", 1), ("us", 1e3), ("µs", 1e3), ("μs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9),
        ("d", 86400e9),
    ]

    /// The duration, or nil when the text is none, is negative, or does not fit 292 years.
    static func parse(_ text: String) -> Duration? {
        var rest = text[...]
        var total = 0.0
        if rest.isEmpty { return nil }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            guard let value = Double(number) else { return nil }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            if unit.isEmpty {
                guard number.count == text.count else { return nil }
                total = value * 1e9
            } else {
                guard let scale = units.first(where: { $0.name == unit })?.nanoseconds else { return nil }
                total += value * scale
            }
            rest = rest.dropFirst(unit.count)
        }
        guard total < 9e18 else { return nil }
        return .nanoseconds(Int64(total.rounded()))
    }
}

/// `16MiB`, `10MB`, `16384`: powers of 1024 with an `i`, of 1000 without.
enum ByteSize {
    private static let units: [(name: String, bytes: Double)] = [
        ("", 1), ("b", 1), ("kb", 1e3), ("mb", 1e6), ("gb", 1e9), ("tb", 1e12), ("kib", 1024), ("mib", 1_048_576),
        ("gib", 1_073_741_824), ("tib", 1_099_511_627_776),
    ]

    static func parse(_ text: String) -> Int? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = String(text.dropFirst(number.count)).trimmed.lowercased()
        guard let value = Double(number), let scale = units.first(where: { $0.name == unit })?.bytes else { return nil }
        let bytes = value * scale
        return bytes < 9e18 ? Int(bytes) : nil
    }
}
