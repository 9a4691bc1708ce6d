/// What was found while the configuration was read; collected, so that everything is reported at once.
struct Problems {
    private(set) var errors: [ConfigurationError] = []
    private(set) var warnings: [(place: Place, message: String)] = []
    /// Settings of Filebeat that change nothing here; they share one warning.
    private(set) var harmless: [(place: Place, key: String)] = []

    mutating func add(_ code: ConfigurationError.Code, _ place: Place, _ message: String) {
        let error = ConfigurationError(code: code, message: message, place: place)
        if !errors.contains(error) { errors.append(error) }
    }

    mutating func warn(_ place: Place, _ message: String) { warnings.append((place, message)) }

    mutating func addHarmless(_ key: String, _ place: Place) { harmless.append((place, key)) }

    /// A source could not be read or parsed, so what seems to be missing may stand there.
    var lacksSource: Bool { errors.contains { [.unreadable, .permissions, .syntax].contains($0.code) } }

    /// All errors by place, or nil when there are none.
    var sortedErrors: ConfigurationErrors? {
        errors.isEmpty ? nil : ConfigurationErrors(errors: errors.stableSorted { $0.place < $1.place })
    }

    /// The warnings by place, each one line; the harmless settings come last, in one.
    var warningLines: [String] {
        var lines = warnings.stableSorted { $0.place < $1.place }.map { "\($0.place): \($0.message)" }
        if !harmless.isEmpty {
            let keys = harmless.stableSorted { $0.place < $1.place }.map { "\($0.key) (\($0.place))" }
            lines.append("settings of Filebeat that have no effect here: \(keys.joined(separator: ", "))")
        }
        return lines
    }
}

extension Array {
    /// Sorted, with equals in the order in which they came.
    fileprivate func stableSorted(_ precedes: (Element, Element) -> Bool) -> [Element] {
        enumerated().sorted { left, right in
            if precedes(left.element, right.element) { return true }
            if precedes(right.element, left.element) { return false }
            return left.offset < right.offset
        }.map(\.element)
    }
}
