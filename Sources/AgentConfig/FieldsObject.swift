import ByteTools

/// `fields` and `fields_under_root`, of one input or of all.
struct FieldsDraft: SettingRoot {
    var entries: [ConfigEntry] = []
    var underRoot = false

    static let settings: [Setting<FieldsDraft>] = [
        Setting("fields", example: true) { node, root, reader in
            root.entries = reader.entries(node, of: "fields") ?? []
        },
        Setting("fields_under_root", to: \.underRoot, .flag),
    ]

    /// These fields with those of an input laid over them. Where the two disagree on where fields go, those that go
    /// below `fields` are put there by hand.
    func overlaid(by input: FieldsDraft) -> FieldsDraft {
        if input.entries.isEmpty { return self }
        if entries.isEmpty { return input }
        let underRoot = self.underRoot || input.underRoot
        func placed(_ fields: FieldsDraft) -> [ConfigEntry] {
            guard underRoot && !fields.underRoot, let place = fields.entries.first?.place else { return fields.entries }
            let below = ConfigNode(content: .object(fields.entries), place: place)
            return [ConfigEntry(key: "fields", place: place, value: below)]
        }
        var merged = placed(self)
        merged.overlay(placed(input))
        return FieldsDraft(entries: merged, underRoot: underRoot)
    }
}

extension ConfigReader {
    /// Levels of `fields` below each other.
    static let maximumFieldDepth = 16

    /// The fields as one JSON object; empty when there are none.
    mutating func json(_ fields: [ConfigEntry]) -> String {
        if fields.isEmpty { return "" }
        var json = ""
        write(fields, 1, to: &json)
        return json
    }

    private mutating func write(_ entries: [ConfigEntry], _ depth: Int, to json: inout String) {
        json += "{"
        for (index, entry) in entries.enumerated() {
            if index > 0 { json += "," }
            json += FieldScalar.json(entry.key)
            json += ":"
            write(entry.value, depth, to: &json)
        }
        json += "}"
    }

    private mutating func write(_ node: ConfigNode, _ depth: Int, to json: inout String) {
        guard depth <= Self.maximumFieldDepth else {
            problems.add(.value, node.place, "fields may have \(Self.maximumFieldDepth) levels at most")
            return
        }
        guard let node = structured(node) else { return }
        switch node.content {
        case .null: json += "null"
        case .object(let entries): write(entries, depth + 1, to: &json)
        case .list(let elements):
            json += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { json += "," }
                write(element, depth + 1, to: &json)
            }
            json += "]"
        case .scalar:
            guard let text = text(node, expected: "a value") else { return }
            json += FieldScalar.json(text)
        }
    }
}

/// Scalars of YAML as JSON: what is not quoted may be a boolean or a number.
enum FieldScalar {
    static func json(_ text: ConfigReader.Text) -> String {
        if !text.quoted, let truth = Truth(text.string) { return truth == .yes ? "true" : "false" }
        return !text.quoted && isNumber(text.string) ? text.string : json(text.string)
    }

    static func json(_ string: String) -> String {
        String(decoding: JSONEscape.quoted(string), as: UTF8.self)
    }

    /// A number in JSON's own grammar (RFC 8259, section 6).
    static func isNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func digits() -> Int {
            let digits = rest.prefix { (0x30...0x39).contains($0) }.count
            rest = rest.dropFirst(digits)
            return digits
        }
        if rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        let leadingZero = rest.first == UInt8(ascii: "0")
        let whole = digits()
        if whole == 0 || (leadingZero && whole > 1) { return false }
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            if digits() == 0 { return false }
        }
        if let exponent = rest.first, exponent | 0x20 == UInt8(ascii: "e") {
            rest = rest.dropFirst()
            if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
            if digits() == 0 { return false }
        }
        return rest.isEmpty
    }
}
