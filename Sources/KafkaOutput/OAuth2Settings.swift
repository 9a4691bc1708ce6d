package import EventModel
import HTTPTransport
package import Transport

/// `sasl.oauth2`: where the access tokens for OAUTHBEARER come from.
///
/// - Source: RFC 6749 section 4.4 (client credentials), RFC 7628 (OAUTHBEARER)
package struct OAuth2Settings: Sendable, Equatable {
    /// A name with its value: a parameter of the request, or a SASL extension.
    package struct Pair: Sendable, Equatable {
        package var name: String
        package var value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Whole URL of the server that gives tokens out.
    package var tokenURL: String?
    package var clientID: String?
    package var clientSecret: Secret?
    package var scopes: [String] = []
    /// More parameters of the request: `audience` for some servers.
    package var parameters: [Pair] = []
    /// A file that somebody renews, with one token in it; instead of a server.
    package var tokenFile: String?
    /// What the brokers are told beside the token: `logicalCluster` for Confluent's cloud.
    package var extensions: [Pair] = []
    package var tls: TLSSettings?
    /// For the server that gives tokens out; brokers are not reached through a proxy.
    package var proxyURL: String?

    package init() {}

    static let mostExtensions = 16

    /// What does not fit together; begins with the name of the setting.
    package var problem: String? {
        if extensions.count > OAuth2Settings.mostExtensions {
            return "sasl.oauth2.extensions: at most \(OAuth2Settings.mostExtensions)"
        }
        if tokenFile != nil, tokenURL != nil { return "sasl.oauth2.token_url and sasl.oauth2.token_file: one of them" }
        if tokenFile != nil { return nil }
        guard tokenURL != nil else {
            return "sasl.oauth2.token_url: is missing; write for example https://login.example.com/oauth2/token"
        }
        if clientID == nil || clientSecret == nil {
            return "sasl.oauth2.client.id and sasl.oauth2.client.secret: are needed for a token_url"
        }
        do {
            _ = try TokenSource(self)
            return nil
        } catch {
            return "sasl.oauth2.\(error.message)"
        }
    }
}
