import EventFields

/// What Loki says in an answer 400.
///
/// The distributor names what it does not pass on:
/// `entry for stream '{…}' has timestamp too old: …`, `Max entry size '262144' bytes exceeded for stream '{…}' while
/// adding an entry with length '300000' bytes`, `2 errors like: …; 1 errors like: …`.
///
/// An ingester that leaves entries out names ten of them, and how many there are, of one stream alone, and the distributor
/// is not heard then: `entry with timestamp … ignored, reason: 'entry too far behind, entry timestamp is: …, oldest
/// acceptable timestamp is: …', user 'fake', total ignored: 2 out of 3 for stream: {…}`.
/// - Source: Loki's `pkg/validation/validate.go`.
struct LokiWords {
    /// At most 1024 bytes.
    let text: String
    /// How many errors it speaks of; one at least.
    let errors: Int
    /// Bytes of a line, where it says how many it takes.
    let lineLimit: Int?
    /// Entries of one stream that an ingester left out, of how many.
    let ignored: (count: Int, of: Int)?
    /// Those of them that it names.
    let late: [LateEntries.Named]
    /// How many entries it speaks of.
    var entries: Int { ignored?.count ?? errors }
    /// The first and the last of the times that it names as the oldest that it takes, in ns since 1970, cut to seconds.
    let oldest: ClosedRange<Int64>?
    /// The first of the times that are too new for it, cut to seconds.
    let tooNew: Int64?
    /// Whether it speaks of single entries or streams: the others were stored.
    let namesEntries: Bool

    /// How messages about entries and streams are told from those about a body that could not be read.
    private static let phrases = [
        "entry for stream", "max entry size", "has timestamp too", "timestamp too old", "timestamp too new",
        "out of order",
        "too far behind", "label names; limit", "label name too long", "label value too long", "duplicate label name",
        "at least one label pair", "total ignored: ", "structured metadata", "missing labels",
    ]

    init(_ body: [UInt8]) {
        text = String(decoding: body.prefix(1024), as: UTF8.self)
        let lower = String(decoding: body, as: UTF8.self).lowercased()
        namesEntries = LokiWords.phrases.contains { lower.contains($0) }
        errors = max(1, LokiWords.numbers(in: lower, before: " errors like"))
        lineLimit = LokiWords.number(in: lower, behind: "max entry size '")
        ignored = LokiWords.ignored(in: lower)
        let oldest = LokiWords.times(in: lower, behind: "oldest acceptable timestamp is: ")
        late = LokiWords.late(in: lower, oldest)
        self.oldest = oldest.min().flatMap { first in oldest.max().map { first...$0 } }
        tooNew = LokiWords.times(in: lower, behind: "has timestamp too new: ").min()
    }

    private static func ignored(in text: String) -> (count: Int, of: Int)? {
        let phrase = "total ignored: "
        guard let found = text.firstRange(of: phrase), let count = number(in: text, behind: phrase),
            let total = number(in: String(text[found.upperBound...]), behind: " out of "), count <= total
        else { return nil }
        return (count, total)
    }

    /// `entry with timestamp 2026-11-23 07:08:05.154558611 +0000 UTC ignored`, each with its oldest time.
    private static func late(in text: String, _ oldest: [Int64]) -> [LateEntries.Named] {
        let phrase = "entry with timestamp "
        let times = text.ranges(of: phrase).compactMap { found -> Int64? in
            let time = text[found.upperBound...].prefix { $0.isNumber || "-:. ".contains($0) }
            let (date, clock) = (time.prefix(10), time.dropFirst(11).prefix { $0 != " " })
            return EventTime.nanoseconds(of: Array("\(date)T\(clock)Z".utf8).span)
        }
        return times.count == oldest.count ? zip(times, oldest).map { .init(time: $0, oldest: $1) } : []
    }

    /// All times that stand behind a phrase, in ns since 1970.
    private static func times(in text: String, behind phrase: String) -> [Int64] {
        text.ranges(of: phrase).compactMap { found in
            let time = text[found.upperBound...].prefix { $0.isNumber || "-:.tz".contains($0) }
            let bytes = Array(time.uppercased().utf8)
            return EventTime.nanoseconds(of: bytes.span)
        }
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
