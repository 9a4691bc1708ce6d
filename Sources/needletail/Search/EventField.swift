import EventFields
import LogQuery

/// A field of an event as it is shown: `status=500`, `err="no route"`.
struct EventField {
    let text: String
    let isError: Bool

    private static let longest = 300
    private static let errors = ["err", "error", "exception", "panic", "stack", "stacktrace"]

    init(path: [UInt8], value: [UInt8]) {
        let name = TerminalText.safe(path)
        var shown = TerminalText.safe(Array(value.prefix(EventField.longest)))
        if value.count > EventField.longest { shown += "…" }
        if shown.isEmpty || shown.contains(where: { $0 == " " || $0 == "\"" || $0 == "=" }) {
            shown = "\"" + shown.replacing("\"", with: "\\\"") + "\""
        }
        text = name + "=" + shown
        let first = name.prefix { $0 != "." }.lowercased()
        isError = EventField.errors.contains(first)
    }
}

/// Takes apart events for showing.
final class EventAnatomy {
    private var scanner = EventScanner()
    /// The ids of trace and spans are shown as the tree around the events.
    private let isInTrace: Bool

    init(isInTrace: Bool) { self.isInTrace = isInTrace }

    /// The message without what was found elsewhere, and the fields worth showing.
    func read(_ event: FoundEvent) -> (message: [UInt8], fields: [EventField]) {
        var own: [EventField] = []
        var outer: [EventField] = []
        let facts = scanner.scan(event.original.span) { value in
            guard !value.isNoise, !isShownElsewhere(value.role), own.count + outer.count < 60 else {
                return
            }
            let path = Words.array(value.path)
            let field = EventField(path: path, value: Words.array(value.text))
            if value.isInLine {
                own.append(field)
            } else if !EventAnatomy.isOfShipper(path) {
                outer.append(field)
            }
        }
        // A service's line of JSON without a message is its fields.
        let message = facts.isMessageWholeLine ? [] : event.message
        return (message, own + outer)
    }

    func raw(_ event: FoundEvent) -> [UInt8] {
        let facts = scanner.scan(event.original.span)
        if !facts.line.isEmpty { return scanner.copy(facts.line) }
        // A shipper's event around a line of text.
        if !event.file.isEmpty, !facts[.message].isEmpty { return scanner.copy(facts[.message]) }
        return event.original
    }

    private func isShownElsewhere(_ role: EventRole?) -> Bool {
        switch role {
        case .time, .level, .service, .host, .file, .message, .eventID: true
        case .trace, .span, .parentSpan: isInTrace
        case nil, .request: false
        }
    }

    /// What shippers say of themselves and of where they read.
    private static func isOfShipper(_ path: [UInt8]) -> Bool {
        let prefixes = ["agent.", "host.", "log.", "input.", "ecs.", "event.", "@version", "data_stream."]
        return prefixes.contains { path.starts(with: $0.utf8) }
    }
}
