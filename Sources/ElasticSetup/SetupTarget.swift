package import EventModel
package import HTTPTransport

/// Which server is set up, and as whom.
package struct SetupTarget: Sendable, Equatable {
    /// Hosts (whole URLs with the path under which the server answers), user, bearer token, header fields, proxy and TLS.
    package var client: HTTPClientSettings
    /// Base64 of `id:key`, for `Authorization: ApiKey`.
    package var encodedAPIKey: Secret?
    /// How long a server that does not answer, or not yet, is waited for in all.
    package var timeout = Duration.seconds(60)
    /// The first wait between two attempts; each one is twice as long, up to 5 s.
    var firstPause = Duration.milliseconds(500)
    /// `needletail/1.0`.
    package var userAgent: String

    package init(client: HTTPClientSettings, encodedAPIKey: Secret? = nil, userAgent: String) {
        self.client = client
        self.encodedAPIKey = encodedAPIKey
        self.userAgent = userAgent
    }

    /// Whether anything says who we are.
    var hasCredentials: Bool {
        encodedAPIKey != nil || client.username != nil || client.bearerToken != nil
            || client.headers.contains { $0.name.lowercased() == "authorization" }
    }
}

/// Progress, warnings and results, one line each, for the person at the terminal.
package typealias SetupReport = @Sendable (String) -> Void
