/// What Loki says in an answer 400.
///
/// `entry for stream '{…}' has timestamp too old: …`, `Max entry size '262144' bytes exceeded for stream '{…}' while
/// adding an entry with length '300000' bytes`, `2 errors like: …; 1 errors like: …`.
/// - Source: Loki's `pkg/validation/validate.go`.
struct LokiWords {
    /// At most 1024 bytes.
    let text: String
    /// How many errors it speaks of; one at least.
    let errors: Int
    /// Bytes of a line, where it says how many it takes.
    let lineLimit: Int?
    /// Whether it speaks of single entries or streams: the others were stored.
    let namesEntries: Bool

    /// How messages about entries and streams are told from those about a body that could not be read.
    private static let phrases = [
        "entry for stream", "max entry size", "has timestamp too", "timestamp too old", "timestamp too new",
        "out of order",
        "too far behind", "label names; limit", "label name too long", "label value too long", "duplicate label name",
        "at least one label pair", "structured metadata", "missing labels",
    ]

    init(_ body: [UInt8]) {
        text = String(decoding: body.prefix(1024), as: UTF8.self)
        let lower = String(decoding: body, as: UTF8.self).lowercased()
        namesEntries = LokiWords.phrases.contains { lower.contains($0) }
        errors = max(1, LokiWords.numbers(in: lower, before: " errors like"))
        lineLimit = LokiWords.number(in: lower, behind: "max entry size '")
    }

    private static func number(in text: String, behind phrase: String) -> Int? {
        guard let found = text.firstRange(of: phrase) else { return nil }
        return Int(text[found.upperBound...].prefix { $0.isNumber }).flatMap { $0 > 0 ? $0 : nil }
    }

    /// The sum of the numbers in front of a phrase.
    private static func numbers(in text: String, before phrase: String) -> Int {
        var sum = 0
        for found in text.ranges(of: phrase) {
            let digits = text[..<found.lowerBound].reversed().prefix { $0.isNumber }.reversed()
            sum = min(1_000_000_000, sum + (Int(String(digits)) ?? 0))
        }
        return sum
    }
}
