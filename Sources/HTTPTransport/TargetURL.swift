package import EventModel

/// The URL of a host or a proxy, taken apart as far as an output needs it.
///
/// - Source: https://www.rfc-editor.org/rfc/rfc3986#section-3
package struct TargetURL: Sendable, Equatable {
    package let scheme: String
    package let host: String
    /// As written, or the scheme's own.
    package let port: Int
    /// Path and query, with a leading slash.
    package let target: String
    /// From `user:password@`, percent-decoded.
    package let username: String?
    package let password: Secret?

    /// - Returns: nil when the text is no `scheme://host[:port][/path][?query]`.
    package init?(_ text: String, schemes: [String: Int]) {
        guard let colon = text.firstRange(of: "://") else { return nil }
        scheme = text[..<colon.lowerBound].lowercased()
        guard let defaultPort = schemes[scheme] else { return nil }
        let rest = text[colon.upperBound...]
        let end = rest.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? rest.endIndex
        var authority = rest[..<end]
        let path = rest[end...].prefix { $0 != "#" }
        target = path.hasPrefix("/") ? String(path) : "/" + path
        if let at = authority.lastIndex(of: "@") {
            let parts = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = TargetURL.decoded(parts[0]) else { return nil }
            guard let secret = TargetURL.decoded(parts.count > 1 ? parts[1] : "") else { return nil }
            username = name
            password = Secret(secret)
            authority = authority[authority.index(after: at)...]
        } else {
            username = nil
            password = nil
        }
        guard let (host, port) = TargetURL.hostAndPort(authority, defaultPort) else { return nil }
        self.host = host
        self.port = port
        guard target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }), host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else { return nil }
    }

    private static func hostAndPort(_ authority: Substring, _ defaultPort: Int) -> (String, Int)? {
        var host = authority
        var port = defaultPort
        let bracket = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[bracket...].lastIndex(of: ":") {
            host = authority[..<colon]
            let digits = authority[authority.index(after: colon)...]
            guard let number = Int(digits), (1...65535).contains(number) else { return nil }
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : (String(host), port)
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Another path and query on the same host.
    package func at(_ target: String) -> TargetURL { TargetURL(self, target: target) }

    private init(_ other: TargetURL, target: String) {
        scheme = other.scheme
        host = other.host
        port = other.port
        username = other.username
        password = other.password
        self.target = target
    }

    private var hostText: String { host.contains(":") ? "[\(host)]" : host }

    /// What is asked for, without credentials.
    package var url: String { "\(scheme)://\(hostText):\(port)\(target)" }

    /// For logs: a query can hold secrets, so it is left out.
    package var endpoint: String { "\(scheme)://\(hostText):\(port)\(target.prefix { $0 != "?" })" }
}
