import HTTPOutput
import Transport

extension ValueKind<[Endpoint]> {
    /// `host`, `host:port`, `[::1]:5044`; without a default the port must be there.
    static func endpoints(defaultPort: Int?) -> Self {
        let expected = defaultPort == nil ? "host:port" : "host or host:port"
        return .list(expected: expected) { Endpoint.parse($0.trimmed, defaultPort: defaultPort) }
    }
}

extension ValueKind<[String]> {
    /// Whole URLs of http or https.
    static var urls: Self {
        .list(expected: "a URL such as https://logs.example.com/ingest") { text in
            HostURL(text.trimmed).flatMap { ["http", "https"].contains($0.scheme) ? text.trimmed : nil }
        }
    }
}

extension Endpoint {
    static func parse(_ text: String, defaultPort: Int?) -> Endpoint? {
        var host = text[...]
        var port = Substring()
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<close]
            let rest = text[text.index(after: close)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.dropFirst()
            if !rest.isEmpty && port.isEmpty { return nil }
        } else if let colon = text.firstIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            if port.isEmpty { return nil }
        }
        let isName = host.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && !"/@?#\"'\\".utf8.contains($0) }
        guard !host.isEmpty, isName else { return nil }
        if port.isEmpty { return defaultPort.map { Endpoint(host: String(host), port: $0) } }
        guard port.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(port), (1...65535).contains(number)
        else { return nil }
        return Endpoint(host: String(host), port: number)
    }
}

/// The parts of `scheme://user:password@authority/path?query` that concern us.
struct HostURL {
    var scheme: String
    /// Percent-decoded, or nil.
    var user: String?
    var password: String?
    /// `host` or `host:port`.
    var authority: String
    /// From the first `/` up to the query.
    var path: String
    var query: String?

    init?(_ text: String) {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        scheme = text[..<colon].lowercased()
        guard !scheme.isEmpty, text[colon...].hasPrefix("://") else { return nil }
        var rest = text[colon...].dropFirst(3)
        if let mark = rest.firstIndex(of: "?") {
            query = String(rest[rest.index(after: mark)...])
            rest = rest[..<mark]
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        path = String(rest[slash...])
        var authority = rest[..<slash]
        if let at = authority.lastIndex(of: "@") {
            let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            user = Self.decoded(parts[0])
            password = parts.count > 1 ? Self.decoded(parts[1]) : nil
            authority = authority[authority.index(after: at)...]
        }
        self.authority = String(authority)
        if scheme != "file" && Endpoint.parse(self.authority, defaultPort: 1) == nil { return nil }
    }

    /// The URL without user and password.
    var withoutUser: String { "\(scheme)://\(authority)\(path)" + (query.map { "?\($0)" } ?? "") }

    /// `%41` becomes `A`; a percent sign that starts no such thing stays.
    static func decoded(_ text: some StringProtocol) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
