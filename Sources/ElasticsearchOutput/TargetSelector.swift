import EventModel
import HTTPTransport

/// Chooses the index or the pipeline of events.
struct TargetSelector: Sendable {
    /// An element of `indices` or `pipelines`.
    private struct Rule: Sendable {
        let format: FormatRenderer
        let mappings: [[UInt8]: FormatRenderer]
        let fallback: FormatRenderer?
        let condition: EventCondition?
    }

    /// The text, when it is the same for all events; empty: none.
    let constant: [UInt8]?
    /// Something in an event other than its time decides.
    let dependsOnFields: Bool
    private let format: FormatRenderer
    private let rules: [Rule]
    private let isIndex: Bool

    /// Why an event has no target.
    struct Problem: Error {
        let message: String
    }

    /// - Errors: `HTTPTransportError` for a format that makes no sense, or a constant that is no index.
    init(_ settings: TargetSettings, version: String, isIndex: Bool) throws(HTTPTransportError) {
        func renderer(_ text: String) throws(HTTPTransportError) -> FormatRenderer {
            do {
                return try FormatRenderer(format: TargetSettings.resolved(text, version: version))
            } catch {
                throw HTTPTransportError(.invalidURL, error.message)
            }
        }
        self.isIndex = isIndex
        format = try renderer(settings.format)
        var rules: [Rule] = []
        for rule in settings.rules {
            var mappings: [[UInt8]: FormatRenderer] = [:]
            for (name, text) in rule.mappings { mappings[Array(name.utf8)] = try renderer(text) }
            rules.append(
                Rule(
                    format: try renderer(rule.format), mappings: mappings,
                    fallback: rule.fallback.isEmpty ? nil : try renderer(rule.fallback), condition: rule.condition))
        }
        self.rules = rules
        let text = rules.isEmpty ? format.constant : nil
        constant = text.map { isIndex ? $0.map(IndexName.lowercased) : $0 }
        dependsOnFields = !rules.isEmpty || format.fill(time: []) == nil
        if isIndex, let constant, let problem = IndexName.problem(of: constant) {
            throw HTTPTransportError(.invalidURL, "the index '\(settings.format)' \(problem)")
        }
    }

    /// For events of this time, where nothing else of them matters.
    /// - Parameter time: as in `@timestamp`.
    func choose(time: [UInt8]) throws(Problem) -> [UInt8] { try checked(format.fill(time: time) ?? []) }

    /// For one event, taken apart.
    func choose(for event: JSONObject) throws(Problem) -> [UInt8] {
        for rule in rules where rule.condition?.holds(for: event) ?? true {
            let (text, isComplete) = rule.format.fill(from: event)
            guard isComplete, !text.isEmpty else { continue }
            if rule.mappings.isEmpty { return try checked(text) }
            guard let mapped = rule.mappings[text.map(IndexName.lowercased)] ?? rule.fallback else { continue }
            let (name, isNamed) = mapped.fill(from: event)
            if isNamed, !name.isEmpty { return try checked(name) }
        }
        let (text, isComplete) = format.fill(from: event)
        guard isComplete else {
            // An event without the field that names its pipeline goes without one.
            if !isIndex { return [] }
            throw Problem(message: "a field that the name of the index is made of is missing")
        }
        return try checked(text)
    }

    private func checked(_ text: [UInt8]) throws(Problem) -> [UInt8] {
        guard isIndex else { return text }
        let name = text.map(IndexName.lowercased)
        if let problem = IndexName.problem(of: name) {
            throw Problem(message: "the index '\(String(decoding: name.prefix(300), as: UTF8.self))' \(problem)")
        }
        return name
    }
}
