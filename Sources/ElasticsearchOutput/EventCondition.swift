package import EventModel

/// A condition of `when` on one event.
///
/// - Source: Filebeat's reference, "Define processors", Conditions.
package indirect enum EventCondition: Sendable, Equatable {
    /// The field is this text, number or boolean.
    case equals(path: [[UInt8]], value: [UInt8])
    /// The text, or one of the texts of the list, holds this one.
    case contains(path: [[UInt8]], text: [UInt8])
    /// All of these fields are there.
    case hasFields([[[UInt8]]])
    case all([EventCondition])
    case any([EventCondition])
    case not(EventCondition)

    /// A field's name taken apart: `log.file.path`.
    package static func path(_ name: String) -> [[UInt8]] { name.split(separator: ".").map { Array($0.utf8) } }

    package func holds(for event: JSONObject) -> Bool {
        switch self {
        case .equals(let path, let value):
            guard let found = event[path: path], !found.isNull else { return false }
            return (found.text ?? found.compact) == value
        case .contains(let path, let text):
            switch event[path: path] {
            case .array(let elements): return elements.contains { $0.text.map { $0.holds(text) } ?? false }
            case .some(let value): return value.text?.holds(text) ?? false
            case nil: return false
            }
        case .hasFields(let paths): return paths.allSatisfy { event[path: $0] != nil }
        case .all(let conditions): return conditions.allSatisfy { $0.holds(for: event) }
        case .any(let conditions): return conditions.contains { $0.holds(for: event) }
        case .not(let condition): return !condition.holds(for: event)
        }
    }
}

extension [UInt8] {
    fileprivate func holds(_ text: [UInt8]) -> Bool { text.isEmpty || firstRange(of: text) != nil }
}
