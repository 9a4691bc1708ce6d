package import ElasticSetup

/// Results as lines for a terminal.
package enum SetupText {
    package static func lines(_ result: ElasticsearchSetup.Result) -> [String] {
        var lines = [result.server]
        for (title, outcome) in result.outcomes {
            let word = outcome == .newer ? "left as it is, a later version has loaded it" : outcome.rawValue
            lines.append("  \(title): \(word)")
        }
        if !result.outcomes.isEmpty, result.outcomes.allSatisfy({ $0.outcome == .unchanged }) {
            lines.append("Nothing to change.")
        }
        return lines + result.notes
    }

    package static func lines(_ result: KibanaSetup.Result) -> [String] {
        let counts = [
            (result.created, "created"), (result.replaced, "replaced by the same of this version"),
            (result.kept, "left as they are"),
        ]
        let words = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
        return ["Saved objects: " + words.joined(separator: ", "), "Dashboard: \(result.dashboard)"]
    }
}
