/// How long events are kept, as Elasticsearch writes it: `30d`, `12h`, `90m`; `forever`.
package struct Retention: Equatable {
    /// nil: for ever.
    package let time: String?

    package init?(argument: String) {
        if argument == "forever" {
            time = nil
            return
        }
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int(digits), (1...100_000).contains(number) else { return nil }
        guard ["d", "h", "m", "s"].contains(argument.dropFirst(digits.count)) else { return nil }
        time = argument
    }
}

/// Names of templates and patterns of data streams, as Elasticsearch takes them.
enum IndexText {
    static func isName(_ text: String) -> Bool { isText(text) && !text.contains("*") }

    /// One that means every index there is would take the cluster's own under our template.
    static func isPattern(_ text: String) -> Bool { isText(text) && text.contains { $0 != "*" } }

    private static func isText(_ text: String) -> Bool {
        guard let first = text.utf8.first, !"-_.".utf8.contains(first), text.utf8.count <= 255 else { return false }
        return text.utf8.allSatisfy { byte in
            (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte) || "-_.*".utf8.contains(byte)
        }
    }
}
