package import EventFields
package import LogQuery

/// What is printed of events.
package struct EventText {
    package let style: TerminalStyle
    private let anatomy: EventAnatomy
    /// Of the service's column; grows with what is shown.
    private var serviceWidth = 0
    private var day: String?

    /// - Parameters:
    ///   - today: no line is needed to tell the day of the first event.
    ///   - isInTrace: what a tree of spans shows is left out of its events.
    package init(style: TerminalStyle, today: String?, isInTrace: Bool = false) {
        self.style = style
        anatomy = EventAnatomy(isInTrace: isInTrace)
        day = today
    }

    /// The line that the service wrote: inside the event of a shipper, or the event itself.
    package func raw(_ event: FoundEvent) -> [UInt8] { anatomy.raw(event) }

    /// The services that are shown next: their column is made wide enough.
    package mutating func makeRoom(for events: [FoundEvent]) {
        for event in events {
            serviceWidth = max(serviceWidth, min(20, TerminalText.width(TerminalText.safe(event.service))))
        }
    }

    /// One event as lines: time, level, service, message, and the fields as far as the width goes.
    package mutating func lines(_ event: FoundEvent) -> [String] {
        makeRoom(for: [event])
        let time = LocalTime(event.time)
        var lines: [String] = []
        if time.day != day {
            lines.append(style.paint("── \(time.day) ──", .dim))
            day = time.day
        }
        let level = EventText.level(event.severity)
        let service = TerminalText.padded(
            TerminalText.fitted(TerminalText.safe(event.service), to: serviceWidth), to: serviceWidth)
        let indent = time.clock.count + level.count + 2 + (serviceWidth > 0 ? serviceWidth + 1 : 0)
        let head =
            style.paint(time.clock, .dim) + " " + style.paint(level, TerminalStyle.colour(event.severity)) + " "
            + (serviceWidth > 0 ? style.paint(service, TerminalStyle.colour(service: event.service)) + " " : "")
        let body = body(event, columns: style.columns.map { max(20, $0 - indent) })
        lines.append(head + (body.first ?? ""))
        lines += body.dropFirst().map { String(repeating: " ", count: indent) + $0 }
        return lines
    }

    package static func level(_ severity: Severity) -> String {
        severity == .unknown ? "-----" : TerminalText.padded(severity.name.uppercased(), to: 5)
    }

    /// The message, each of its lines on one of its own, then the fields behind its last.
    package func body(_ event: FoundEvent, columns: Int?, withFields: Bool = true) -> [String] {
        let (message, fields) = anatomy.read(event)
        var lines: [String] = []
        for line in message.split(separator: 0x0a, omittingEmptySubsequences: true).prefix(EventText.mostLines) {
            lines += EventText.wrapped(TerminalText.safe(Array(line)), columns)
        }
        let isBad = event.severity >= .error
        if isBad { lines = lines.map { style.paint($0, event.severity == .fatal ? .boldRed : .bold) } }
        guard withFields, !fields.isEmpty else { return lines }
        let used = lines.last.map { TerminalText.width(EventText.plain($0)) + 1 } ?? 0
        return append(fields, to: lines, used: used, columns)
    }

    private static let mostLines = 40

    /// Fields go behind the message while there is room, else on a line below it.
    private func append(_ fields: [EventField], to lines: [String], used: Int, _ columns: Int?) -> [String] {
        var lines = lines.isEmpty ? [""] : lines
        var used = used
        for field in fields {
            let text = columns.map { TerminalText.fitted(field.text, to: max(20, $0)) } ?? field.text
            let width = TerminalText.width(text)
            if let columns, used + width > columns, used > 0 {
                lines.append("")
                used = 0
            }
            let separator = lines[lines.count - 1].isEmpty ? "" : " "
            lines[lines.count - 1] += separator + style.paint(text, field.isError ? .red : .dim)
            used += width + 1
        }
        return lines
    }

    private static func plain(_ text: String) -> String {
        guard text.hasPrefix("\u{1b}") else { return text }
        return String(text.drop { $0 != "m" }.dropFirst().dropLast(4))
    }

    /// Breaks a safe text into lines of at most so many columns, at blanks where there are some.
    private static func wrapped(_ text: String, _ columns: Int?) -> [String] {
        guard let columns, TerminalText.width(text) > columns else { return [text] }
        var lines: [String] = []
        var line = ""
        var width = 0
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            var rest = word
            let wordWidth = TerminalText.width(rest)
            if width > 0, width + 1 + wordWidth > columns {
                lines.append(line)
                (line, width) = ("", 0)
            } else if width > 0 || !line.isEmpty {
                line += " "
                width += 1
            }
            while TerminalText.width(rest) > columns {
                let part = String(rest.prefix(columns / 2 + 1))
                lines.append(line + part)
                (line, width) = ("", 0)
                rest = rest.dropFirst(columns / 2 + 1)
            }
            line += rest
            width += TerminalText.width(rest)
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
