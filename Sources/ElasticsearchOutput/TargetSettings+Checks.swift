import EventModel

/// What can be said of a format before there is an event.
extension TargetSettings {
    /// - Returns: what is wrong with it; nil: nothing.
    package static func problem(ofFormat format: String) -> String? {
        do {
            _ = try FormatRenderer(format: format)
            return nil
        } catch {
            let prefix = "codec.format.string: "
            return error.message.hasPrefix(prefix) ? String(error.message.dropFirst(prefix.count)) : error.message
        }
    }

    /// The same for one that names an index. One that depends on the event can still turn out wrong.
    package static func problem(ofIndex format: String) -> String? {
        let text = TargetSettings.resolved(format, version: "1.0.0")
        guard let renderer = try? FormatRenderer(format: text), let constant = renderer.constant else { return nil }
        return IndexName.problem(of: constant.map(IndexName.lowercased)).map { "the index '\(format)' \($0)" }
    }

    /// The format with what is known of all events put in.
    static func resolved(_ format: String, version: String) -> String {
        var text = format
        for field in ["%{[agent.version]}", "%{[agent][version]}"] {
            while let range = text.firstRange(of: field) { text.replaceSubrange(range, with: version) }
        }
        return text
    }
}

/// What Elasticsearch takes as the name of an index or a data stream.
///
/// - Source: https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-indices-create
enum IndexName {
    static let longest = 255

    static func lowercased(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte + 0x20 : byte }

    /// - Returns: what is wrong, as the rest of a sentence about the index.
    static func problem(of name: [UInt8]) -> String? {
        guard let first = name.first else { return "is empty" }
        if name.count > longest { return "is longer than \(longest) bytes" }
        if name == [0x2e] || name == [0x2e, 0x2e] { return "is no name" }
        if "-_+".utf8.contains(first) { return "must not begin with '-', '_' or '+'" }
        for byte in name {
            if (0x41...0x5a).contains(byte) { return "has capital letters" }
            if byte <= 0x20 || byte == 0x7f { return "has a space or a control character" }
            if "\\/*?\"<>|,#:".utf8.contains(byte) { return "has '\(Character(Unicode.Scalar(byte)))' in it" }
        }
        return nil
    }
}
