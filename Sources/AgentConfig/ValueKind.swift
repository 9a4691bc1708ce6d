import EventModel

/// How a value is read: durations, sizes, lists and so on.
struct ValueKind<Value: Sendable>: Sendable {
    /// The value, or nil after the problem was noted; never called with nothing.
    var read: @Sendable (ConfigNode, inout ConfigReader) -> Value?

    init(_ read: @escaping @Sendable (ConfigNode, inout ConfigReader) -> Value?) { self.read = read }

    /// A single value that `parse` understands; `expected` completes "expected …".
    init(expected: String, _ parse: @escaping @Sendable (String) -> Value?) {
        self.init { node, reader in
            guard let text = reader.text(node, expected: expected) else { return nil }
            if let value = parse(text.string.trimmed) { return value }
            reader.problems.add(.value, node.place, "expected \(expected), found \(text.shown)")
            return nil
        }
    }

    /// For settings that may be absent.
    var optional: ValueKind<Value?> {
        let read = read
        return ValueKind<Value?> { node, reader in read(node, &reader).map(Optional.some) }
    }
}

extension ValueKind<String> {
    /// Text as it is.
    static var text: Self {
        Self { node, reader in reader.text(node, expected: "a text")?.string }
    }

    static var lowercaseText: Self {
        Self { node, reader in reader.text(node, expected: "a text")?.string.lowercased() }
    }

    static func choice(_ values: [String]) -> Self {
        Self(expected: "one of \(values.joined(separator: ", "))") { text in
            values.first { $0.lowercased() == text.lowercased() }
        }
    }
}

extension ValueKind<Secret> {
    /// A text that no message shows.
    static var secret: Self {
        Self { node, reader in (reader.text(node, expected: "a text")?.string).map { Secret($0) } }
    }
}

extension ValueKind<Bool> {
    static var flag: Self {
        Self(expected: "true or false") { text in Truth(text).map { $0 == .yes } }
    }
}

extension ValueKind<Int> {
    static func count(_ range: ClosedRange<Int>) -> Self {
        let end = range.upperBound == .max ? "" : " to \(range.upperBound)"
        return Self(expected: "a number from \(range.lowerBound)\(end)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// Bytes.
    static func size(_ range: ClosedRange<Int>) -> Self {
        Self(expected: "a size such as 16MiB, 10MB or 16384, at least \(range.lowerBound) bytes") { text in
            ByteSize.parse(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }
}

extension ValueKind<UInt32> {
    /// A file mode in octal.
    static var fileMode: Self {
        Self(expected: "a file mode in octal such as 0600") { text in
            let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text.dropFirst(text.hasPrefix("0") ? 1 : text.count)
            return UInt32(digits, radix: 8).flatMap { $0 <= 0o777 ? $0 : nil }
        }
    }
}

extension ValueKind<Duration> {
    static var duration: Self {
        Self(expected: "a duration such as 10s, 5m, 1h30m, 100ms, or a number of seconds") { TimeSpan.parse($0) }
    }

    /// Longer than nothing.
    static var positiveDuration: Self {
        Self(expected: "a duration above zero, such as 10s, 5m, 100ms") { text in
            TimeSpan.parse(text).flatMap { $0 > .zero ? $0 : nil }
        }
    }
}

extension ValueKind where Value: RawRepresentable, Value.RawValue == String {
    /// One of the names of an enumeration.
    static func choice(of values: [Value]) -> Self {
        Self(expected: "one of \(values.map(\.rawValue).joined(separator: ", "))") { text in
            values.first { $0.rawValue.lowercased() == text.lowercased() }
        }
    }
}

extension ValueKind where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    static var choice: Self { choice(of: Array(Value.allCases)) }
}

extension ValueKind<[String]> {
    /// A list of texts; a single one stands for a list of one, and a variable may hold several with commas between.
    static var texts: Self {
        Self { node, reader in
            guard let node = reader.structured(node) else { return nil }
            switch node.content {
            case .list(let elements):
                let texts = elements.map { reader.text($0, expected: "a text")?.string }
                return texts.contains(nil) ? nil : texts.compactMap(\.self)
            default:
                guard let text = reader.text(node, expected: "a list of texts") else { return nil }
                guard text.expanded else { return [text.string] }
                return text.string.splitAtCommas().map(\.trimmed).filter { !$0.isEmpty }
            }
        }
    }
}

extension ValueKind {
    /// A list whose texts `parse` understands one by one.
    static func list<Element: Sendable>(
        expected: String, _ parse: @escaping @Sendable (String) -> Element?
    ) -> Self where Value == [Element] {
        Self { node, reader in
            guard let texts = ValueKind<[String]>.texts.read(node, &reader) else { return nil }
            let values = texts.map(parse)
            if let bad = values.firstIndex(where: { $0 == nil }) {
                let place = node.element(bad)?.place ?? node.place
                let shown = ConfigReader.Text(string: texts[bad], quoted: false, expanded: node.mayHoldVariable).shown
                reader.problems.add(.value, place, "expected \(expected), found \(shown)")
                return nil
            }
            return values.compactMap(\.self)
        }
    }
}

extension String {
    /// Parts between commas; those inside braces or brackets, as in `/var/log/{a,b}.log`, do not part.
    fileprivate func splitAtCommas() -> [Substring] {
        var open = 0
        return split { character in
            if character == "{" || character == "[" { open += 1 }
            if character == "}" || character == "]" { open -= 1 }
            return character == "," && open <= 0
        }
    }
}

extension ConfigNode {
    fileprivate func element(_ index: Int) -> ConfigNode? {
        if case .list(let elements) = content, elements.indices.contains(index) { return elements[index] }
        return nil
    }

    fileprivate var mayHoldVariable: Bool {
        switch content {
        case .scalar(let text, _): Variables.mayExpand(text)
        case .list(let elements): elements.contains(where: \.mayHoldVariable)
        case .null, .object: false
        }
    }
}
