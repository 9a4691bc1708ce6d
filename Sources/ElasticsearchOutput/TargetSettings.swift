/// How an event finds its index or its ingest pipeline (`index` and `indices`, `pipeline` and `pipelines`).
///
/// The first rule counts whose condition holds and whose text is not empty; without one the format does. Formats are
/// those of `FormatRenderer`: `%{[field]}`, `%{[field]:default}`, `%{+yyyy.MM.dd}`.
/// - Source: Filebeat's reference, "Configure the Elasticsearch output", `indices`.
package struct TargetSettings: Sendable, Equatable {
    /// One element of `indices` or `pipelines`.
    package struct Rule: Sendable, Equatable {
        package var format: String
        /// Names that stand for the text of the format. Where it is not among them, `fallback` stands for it.
        package var mappings: [String: String]
        /// `default`; empty: none.
        package var fallback: String
        /// `when`; nil: always.
        package var condition: EventCondition?

        package init(
            format: String, mappings: [String: String] = [:], fallback: String = "", condition: EventCondition? = nil
        ) {
            self.format = format
            self.mappings = mappings
            self.fallback = fallback
            self.condition = condition
        }
    }

    package var format: String
    package var rules: [Rule] = []

    package init(format: String, rules: [Rule] = []) {
        self.format = format
        self.rules = rules
    }
}
