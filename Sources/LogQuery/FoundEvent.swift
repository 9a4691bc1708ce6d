package import EventFields
package import LogStore

/// An event that was found, with what is shown of it.
///
/// - Units: times in ns since 1970.
package struct FoundEvent: Sendable {
    package let key: EventKey
    package let time: Int64
    package let received: Int64
    package let severity: Severity
    package let service: [UInt8]
    package let host: [UInt8]
    package let file: [UInt8]
    package let trace: [UInt8]
    package let span: [UInt8]
    package let parentSpan: [UInt8]
    package let request: [UInt8]
    package let id: [UInt8]
    package let message: [UInt8]
    /// As it was received: JSON.
    package let original: [UInt8]

    var place: Cursor { Cursor(time: time, sequence: key.sequence) }
}

/// Makes found events.
final class EventReader {
    private var scanner: EventScanner

    init(aliases: FieldAliases) { scanner = EventScanner(aliases: aliases) }

    func read(_ block: StoredBlock, _ index: Int) throws -> FoundEvent {
        let original = try block.original(index)
        let facts = scanner.scan(original.span)
        func text(_ role: EventRole) -> [UInt8] { scanner.copy(facts[role]) }
        return FoundEvent(
            key: block.key(index), time: block.times[index], received: block.received(index),
            severity: Severity(rawValue: block.severities[index]) ?? .unknown, service: block.name(.service, index),
            host: block.name(.host, index), file: block.name(.file, index), trace: text(.trace), span: text(.span),
            parentSpan: text(.parentSpan), request: text(.request), id: text(.eventID), message: text(.message),
            original: original)
    }
}

/// A place in the order of all events: by time, then by the order in which they came.
package struct Cursor: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let time: Int64
    package let sequence: Int64

    package init(time: Int64, sequence: Int64) {
        self.time = time
        self.sequence = sequence
    }

    /// From its text in the API; nil when it is none.
    package init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let time = Int64(parts[0]), let sequence = Int64(parts[1]) else { return nil }
        self.init(time: time, sequence: sequence)
    }

    package var description: String { "\(time).\(sequence)" }

    package static func < (one: Cursor, other: Cursor) -> Bool {
        (one.time, one.sequence) < (other.time, other.sequence)
    }
}
