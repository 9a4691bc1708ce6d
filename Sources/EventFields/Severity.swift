/// How bad an event is, by whichever scale its service has.
package enum Severity: UInt8, Sendable, CaseIterable, Comparable {
    case unknown = 0, trace, debug, info, warning, error, fatal

    package static func < (one: Severity, other: Severity) -> Bool { one.rawValue < other.rawValue }

    /// As searches and the API have it: `trace`, `debug`, `info`, `warn`, `error`, `fatal`, `unknown`.
    package var name: String {
        switch self {
        case .unknown: "unknown"
        case .trace: "trace"
        case .debug: "debug"
        case .info: "info"
        case .warning: "warn"
        case .error: "error"
        case .fatal: "fatal"
        }
    }

    /// A level's name, whatever its case: `warn`, `WARNING`, `W`, `dpanic`, slog's `INFO+2`, OTel's `ERROR3`, or a number
    /// as text.
    package init(name text: Span<UInt8>) {
        var at = 0
        while at < text.count, !Severity.isLetter(text[at]), !Severity.isDigit(text[at]) { at += 1 }
        var letters: UInt64 = 0
        var length = 0
        while at < text.count, Severity.isLetter(text[at]) {
            if length < 8 { letters |= UInt64(text[at] | 0x20) << UInt64(8 * length) }
            length += 1
            at += 1
        }
        if length == 0 {
            self = Severity.number(in: text).map { Severity(number: $0) } ?? .unknown
            return
        }
        let base = Severity.names.first { $0.letters == letters }?.severity ?? .unknown
        guard at < text.count, text[at] == 0x2b || text[at] == 0x2d,
            let offset = Severity.number(in: text.extracting((at + 1)...))
        else {
            self = base
            return
        }
        self = base.moved(by: text[at] == 0x2d ? -offset : offset)
    }

    /// A level as a number, by the scale that its size points to: 0 to 7 syslog (GELF), 10 to 60 pino and bunyan,
    /// thousands logback.
    package init(number: Int) {
        switch number {
        case 0...7: self.init(syslog: number)
        case 10..<20: self = .trace
        case 20..<30: self = .debug
        case 30..<40: self = .info
        case 40..<50: self = .warning
        case 50..<60: self = .error
        case 60..<70: self = .fatal
        case 5000..<10000: self = .trace
        case 10000..<20000: self = .debug
        case 20000..<30000: self = .info
        case 30000..<40000: self = .warning
        case 40000..<50000: self = .error
        default: self = .unknown
        }
    }

    /// RFC 5424, section 6.2.1: 0 emergency, 1 alert, 2 critical, 3 error, 4 warning, 5 notice, 6 informational, 7 debug.
    package init(syslog: Int) {
        switch syslog {
        case 0...2: self = .fatal
        case 3: self = .error
        case 4: self = .warning
        case 5, 6: self = .info
        case 7: self = .debug
        default: self = .unknown
        }
    }

    /// OpenTelemetry's SeverityNumber, 1 to 24, four numbers a level.
    package init(openTelemetry number: Int) {
        self = (1...24).contains(number) ? Severity(rawValue: UInt8((number + 3) / 4))! : .unknown
    }

    /// slog counts in steps of four between its levels: DEBUG is -4, INFO 0, WARN 4, ERROR 8.
    private func moved(by offset: Int) -> Severity {
        guard self >= .debug, self <= .error else { return self }
        let level = (Int(rawValue) - Int(Severity.info.rawValue)) * 4 + offset
        switch level {
        case ..<(-4): return .trace
        case ..<0: return .debug
        case ..<4: return .info
        case ..<8: return .warning
        case ..<12: return .error
        default: return .fatal
        }
    }

    /// The first eight letters decide.
    private static let names: [(letters: UInt64, severity: Severity)] = [
        (.info, ["info", "i", "inf", "information", "informational", "notice", "n", "log"]),
        (.error, ["error", "err", "e", "eror", "severe", "failure"]),
        (.warning, ["warn", "warning", "w", "wrn"]),
        (.debug, ["debug", "d", "dbg", "debg", "fine"]),
        (.trace, ["trace", "t", "trc", "trce", "verbose", "v", "vrb", "finer", "finest", "silly"]),
        (
            .fatal,
            ["fatal", "f", "ftl", "critical", "crit", "crt", "c", "panic", "dpanic", "emergency", "emerg", "alert"]
        ),
    ].flatMap { (severity: Severity, names: [String]) in names.map { (pack($0), severity) } }

    private static func pack(_ name: String) -> UInt64 {
        name.utf8.prefix(8).enumerated().reduce(0) { $0 | UInt64($1.element) << UInt64(8 * $1.offset) }
    }

    package static func number(in text: Span<UInt8>) -> Int? {
        guard text.count > 0, text.count <= 6 else { return nil }
        var value = 0
        for index in text.indices {
            guard isDigit(text[index]) else { return nil }
            value = value * 10 + Int(text[index] &- 0x30)
        }
        return value
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
}
