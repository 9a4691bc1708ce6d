package import EventModel

/// Small JSON documents for people and scripts: `/stats`, `ship --json`, the agent's own log. Nothing of this runs per
/// event.
extension JSONTree {
    package static let null = word("null")

    package static func bool(_ value: Bool) -> JSONTree { word(value ? "true" : "false") }

    package static func integer(_ value: some BinaryInteger) -> JSONTree { word(String(value)) }

    /// With three decimals.
    package static func decimal(_ value: Double) -> JSONTree { word(HumanText.decimal(value, places: 3)) }

    package static func seconds(_ duration: Duration) -> JSONTree { decimal(duration.inSeconds) }

    package static func string(_ text: String?) -> JSONTree { text.map { string($0.utf8) } ?? null }

    /// In the given order.
    package static func object(_ members: [(String, JSONTree)]) -> JSONTree {
        .object(JSONObject(members.map { .init(name: Array($0.0.utf8), value: $0.1) }))
    }

    /// - Parameter indented: one member a line, two blanks per level; otherwise all on one line.
    package func text(indented: Bool = false) -> String {
        var bytes: [UInt8] = []
        if indented { writePretty(to: &bytes) } else { write(to: &bytes) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func word(_ text: String) -> JSONTree { .scalar(Array(text.utf8)) }
}
