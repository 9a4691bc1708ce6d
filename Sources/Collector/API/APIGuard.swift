package import HTTPTypes
package import HummingbirdCore

/// What stands between the collector and web pages of others.
///
/// A page from anywhere may make its reader's browser ask `http://127.0.0.1:5080`. It can't read the answers, for the
/// collector allows no other origin; but it could send, and with a name of its own that it lets point to 127.0.0.1 (DNS
/// rebinding) it could read. So on loopback only names of loopback are answered, and nothing is taken from a browser
/// that says that another site asks.
package enum APIGuard {
    /// With every answer. Scripts and styles come from this origin or not at all.
    package static let headers: HTTPFields = [
        .contentSecurityPolicy:
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
            + "trusted-types 'none'",
        .xContentTypeOptions: "nosniff",
        .referrerPolicy: "no-referrer",
        .crossOriginResourcePolicy: "same-origin",
        .crossOriginOpenerPolicy: "same-origin",
    ]

    /// - Parameter isLoopback: the listener is on a loopback address.
    /// - Returns: the answer to a request that is not to be served; nil: it may be.
    package static func refusal(to head: HTTPRequest, isLoopback: Bool) -> Response? {
        if isLoopback, let authority = head.authority ?? head.headerFields[HTTPField.Name("Host")!],
            !isLoopbackName(authority)
        {
            return APIReply.error(
                APIError(
                    .misdirectedRequest,
                    "This collector listens on loopback and answers to localhost and 127.0.0.1, not to other names."))
        }
        let site = head.headerFields[.secFetchSite]
        let isNavigation =
            head.headerFields[.secFetchMode] == "navigate" && (head.method == .get || head.method == .head)
        if let site, site == "cross-site" || site == "same-site", !isNavigation {
            return APIReply.error(APIError(.forbidden, "Pages of other sites may not ask this collector."))
        }
        return nil
    }

    /// `localhost`, `127.1.2.3`, `[::1]` and `name.localhost`, with or without a port.
    static func isLoopbackName(_ authority: String) -> Bool {
        var name = Substring(authority.lowercased())
        if name.hasPrefix("[") {
            guard let end = name.firstIndex(of: "]") else { return false }
            return name[..<end] == "[::1" && isPort(name[name.index(after: end)...])
        }
        if let colon = name.firstIndex(of: ":") {
            guard isPort(name[colon...]) else { return false }
            name = name[..<colon]
        }
        if name == "localhost" || name.hasSuffix(".localhost") { return true }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.isEmpty || (text.first == ":" && text.dropFirst().allSatisfy(\.isNumber))
    }
}

extension HTTPField.Name {
    static let crossOriginOpenerPolicy = HTTPField.Name("Cross-Origin-Opener-Policy")!
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
    static let secFetchSite = HTTPField.Name("Sec-Fetch-Site")!
    static let secFetchMode = HTTPField.Name("Sec-Fetch-Mode")!
}
