import EventFields
package import LogQuery

/// A trace for the terminal: its lines in time order under their spans, with the time from the start and the gap before
/// each.
package struct TraceText {
    private let trace: Trace
    private let style: TerminalStyle
    private let text: EventText
    private let serviceWidth: Int

    package init(_ trace: Trace, style: TerminalStyle) {
        self.trace = trace
        self.style = style
        text = EventText(style: style, today: nil, isInTrace: true)
        serviceWidth = min(20, trace.services.map { TerminalText.width(TerminalText.safe($0)) }.max() ?? 0)
    }

    package func lines(isFlat: Bool = false) -> [String] {
        var lines = [summary]
        if isFlat || !trace.spans.contains(where: { !$0.span.isEmpty }) {
            for index in trace.lines.indices { lines += line(index, branch: "") }
        } else {
            // Roots in the order of their first line.
            for node in trace.spans.sorted(by: { $0.from < $1.from }) { lines += span(node, branch: "") }
        }
        return lines
    }

    private var summary: String {
        let length = (trace.to ?? 0) - (trace.from ?? 0)
        let errors = trace.lines.count { $0.event.severity >= .error }
        let start = trace.from.map { LocalTime($0) }
        var parts = [
            "trace \(TerminalText.safe(trace.id))", start.map { "\($0.day) \($0.clock)" } ?? "",
            "\(trace.lines.count) \(trace.lines.count == 1 ? "line" : "lines")",
            "\(trace.services.count) \(trace.services.count == 1 ? "service" : "services")", TraceText.length(length),
        ]
        if trace.isCut { parts.append("cut: there is more") }
        let head = parts.filter { !$0.isEmpty }.joined(separator: "  ")
        return style.paint(head, .bold)
            + (errors > 0 ? "  " + style.paint("\(errors) \(errors == 1 ? "error" : "errors")", .red) : "")
    }

    private func span(_ node: Trace.Node, branch: String) -> [String] {
        let name = TerminalText.safe(node.service)
        let label = node.span.isEmpty ? "" : "  span " + TerminalText.safe(node.span)
        let colour = TerminalStyle.colour(service: node.service)
        var lines = [
            String(repeating: " ", count: TraceText.timeWidth) + style.paint(branch, .dim)
                + style.paint(name.isEmpty ? "(no service)" : name, colour)
                + style.paint(label + "  " + TraceText.length(node.to - node.from), .dim)
        ]
        // What happens inside comes where it begins between the span's own lines.
        var children = node.children.sorted { $0.from < $1.from }[...]
        let inner = branch + "│ "
        for index in node.lines {
            while let child = children.first, child.from < trace.lines[index].event.time {
                children.removeFirst()
                lines += span(child, branch: inner)
            }
            lines += line(index, branch: inner)
        }
        for child in children { lines += span(child, branch: inner) }
        return lines
    }

    /// `+1.234s` and `↑12ms`, in columns.
    private static let timeWidth = 20

    private func line(_ index: Int, branch: String) -> [String] {
        let line = trace.lines[index]
        let offset = "+" + TraceText.length(line.event.time - (trace.from ?? 0))
        let gap = index == 0 ? "" : "↑" + TraceText.length(line.gap)
        let times = TerminalText.padded(offset, to: 10) + TerminalText.padded(gap, to: 10)
        let level = EventText.level(line.event.severity)
        let service = branch.isEmpty && serviceWidth > 0 ? serviceText(line.event.service) + " " : ""
        let indent =
            TraceText.timeWidth + TerminalText.width(branch) + level.count + 1
            + (branch.isEmpty && serviceWidth > 0 ? serviceWidth + 1 : 0)
        let columns = style.columns.map { max(20, $0 - indent) }
        let body = text.body(line.event, columns: columns, withFields: style.columns == nil || columns ?? 0 > 40)
        // A gap that takes a tenth of the whole is worth a look.
        let isLong = line.gap > 1_000_000 && line.gap * 10 > (trace.to ?? 0) - (trace.from ?? 0)
        let head =
            style.paint(times, isLong ? .yellow : .dim) + style.paint(branch, .dim)
            + style.paint(level, TerminalStyle.colour(line.event.severity)) + " " + service + (body.first ?? "")
        let blank = String(repeating: " ", count: TraceText.timeWidth)
        let rest = String(repeating: " ", count: indent - TraceText.timeWidth - TerminalText.width(branch))
        return [head] + body.dropFirst().map { blank + style.paint(branch, .dim) + rest + $0 }
    }

    private func serviceText(_ service: [UInt8]) -> String {
        style.paint(
            TerminalText.padded(TerminalText.fitted(TerminalText.safe(service), to: serviceWidth), to: serviceWidth),
            TerminalStyle.colour(service: service))
    }

    /// `12µs`, `3.4ms`, `1.234s`, `2m05s`.
    package static func length(_ nanoseconds: Int64) -> String {
        let value = max(0, nanoseconds)
        switch value {
        case 0: return "0"
        case ..<1_000_000: return "\(value / 1000)µs"
        case ..<10_000_000: return "\(value / 1_000_000).\(value / 100_000 % 10)ms"
        case ..<1_000_000_000: return "\(value / 1_000_000)ms"
        case ..<60_000_000_000:
            let fraction = String(value / 1_000_000 % 1000)
            return "\(value / 1_000_000_000)." + String(repeating: "0", count: 3 - fraction.count) + fraction + "s"
        case ..<3_600_000_000_000:
            let seconds = value / 1_000_000_000 % 60
            return "\(value / 60_000_000_000)m\(seconds < 10 ? "0" : "")\(seconds)s"
        default:
            let minutes = value / 60_000_000_000 % 60
            return "\(value / 3_600_000_000_000)h\(minutes < 10 ? "0" : "")\(minutes)m"
        }
    }
}
