/// Small JSON documents for people and scripts: `/stats`, `ship --json`, the agent's own log. Nothing of this runs per
/// event.
package enum JSONText: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// Written with three decimals.
    case decimal(Double)
    case string(String)
    case array([JSONText])
    /// In the given order.
    case object([(String, JSONText)])

    package static func == (left: JSONText, right: JSONText) -> Bool { left.text() == right.text() }

    package static func string(_ text: String?) -> JSONText { text.map { .string($0) } ?? .null }

    package static func seconds(_ duration: Duration) -> JSONText { .decimal(duration.inSeconds) }

    /// - Parameter indented: one member a line, two blanks per level; otherwise all on one line.
    package func text(indented: Bool = false) -> String {
        var text = ""
        write(to: &text, indent: indented ? 0 : nil)
        return text
    }

    private func write(to text: inout String, indent: Int?) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .decimal(let value): text += HumanText.decimal(value, places: 3)
        case .string(let value): JSONText.quote(value, to: &text)
        case .array(let values):
            JSONText.list(values, "[", "]", to: &text, indent: indent) { value, text, indent in
                value.write(to: &text, indent: indent)
            }
        case .object(let members):
            JSONText.list(members, "{", "}", to: &text, indent: indent) { member, text, indent in
                JSONText.quote(member.0, to: &text)
                text += indent == nil ? ":" : ": "
                member.1.write(to: &text, indent: indent)
            }
        }
    }

    private static func list<Element>(
        _ elements: [Element], _ open: String, _ close: String, to text: inout String, indent: Int?,
        write: (Element, inout String, Int?) -> Void
    ) {
        text += open
        let inner = indent.map { $0 + 2 }
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            newLine(inner, to: &text)
            write(element, &text, inner)
        }
        if !elements.isEmpty { newLine(indent, to: &text) }
        text += close
    }

    private static func newLine(_ indent: Int?, to text: inout String) {
        guard let indent else { return }
        text += "\n"
        text += String(repeating: " ", count: indent)
    }

    /// Writes a string with its quotes (RFC 8259, section 7).
    package static func quote(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{00}"..."\u{1f}", "\u{7f}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
