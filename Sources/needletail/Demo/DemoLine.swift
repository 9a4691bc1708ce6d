/// Which of the demo's services speaks. Each has a file of its own.
enum DemoService: String, CaseIterable, Sendable {
    case gateway, checkout, payments

    var fileName: String { rawValue + ".log" }
}

enum DemoLevel: String, Sendable {
    case debug, info, warning, error

    /// zap says warn, logrus warning.
    var zap: String { self == .warning ? "warn" : rawValue }
}

/// One line that a service writes.
struct DemoLine: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case text(String)
        case number(Int)
        case decimal(Double)
    }
    struct Field: Sendable, Equatable {
        var name: String
        var value: Value
    }

    /// ns since 1970.
    var time: Int64
    var service: DemoService
    var level: DemoLevel
    /// Where in the source it is written, as zap's `caller`.
    var caller: String
    var message: String
    var fields: [Field]

    /// The line with its newline: zap's JSON for gateway and checkout, logrus' for payments.
    var text: String {
        var text = "{"
        switch service {
        case .gateway, .checkout:
            Self.add("level", .text(level.zap), to: &text)
            Self.add("ts", .decimal(Double(time / 1000) / 1e6), to: &text)
            Self.add("caller", .text(caller), to: &text)
            Self.add("msg", .text(message), to: &text)
            Self.add("service", .text(service.rawValue), to: &text)
            for field in fields { Self.add(field.name, field.value, to: &text) }
        case .payments:
            // logrus sorts its keys.
            var all = fields
            all += [
                Field(name: "level", value: .text(level.rawValue)), Field(name: "msg", value: .text(message)),
                Field(name: "service", value: .text(service.rawValue)),
                Field(name: "time", value: .text(DemoTime.text(time))),
            ]
            for field in all.sorted(by: { $0.name < $1.name }) { Self.add(field.name, field.value, to: &text) }
        }
        return text + "}\n"
    }

    private static func add(_ name: String, _ value: Value, to text: inout String) {
        if text.utf8.count > 1 { text += "," }
        text += "\"\(name)\":"
        switch value {
        case .number(let number): text += String(number)
        case .decimal(let number): text += "\(number)"
        case .text(let value):
            // Only our own words come here: the quote and the backslash are all there is to escape.
            text += "\""
            for character in value.unicodeScalars {
                if character == "\"" || character == "\\" { text += "\\" }
                text.unicodeScalars.append(character)
            }
            text += "\""
        }
    }
}

/// Times as Go writes them.
enum DemoTime {
    /// RFC 3339 in UTC with microseconds.
    static func text(_ nanoseconds: Int64) -> String {
        let seconds = nanoseconds / 1_000_000_000
        let (day, second) = (seconds / 86_400, Int(seconds % 86_400))
        // Days to a date of the Gregorian calendar, counted from 1 March of the year 0 (H. Hinnant's algorithm).
        let shifted = day + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let month = (5 * ofYear + 2) / 153
        let date = [
            pad(Int(year + era * 400 + (month >= 10 ? 1 : 0)), 4), pad(Int(month < 10 ? month + 3 : month - 9), 2),
            pad(Int(ofYear - (153 * month + 2) / 5 + 1), 2),
        ].joined(separator: "-")
        let clock = [pad(second / 3600, 2), pad(second / 60 % 60, 2), pad(second % 60, 2)].joined(separator: ":")
        return "\(date)T\(clock).\(pad(Int(nanoseconds % 1_000_000_000 / 1000), 6))Z"
    }

    private static func pad(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }
}
