package import EventModel
package import Transport

/// What every output over HTTP can be told: hosts, credentials, bodies, TLS.
package struct HTTPClientSettings: Sendable, Equatable {
    /// A header field that every request carries; the value may be a secret.
    package struct Header: Sendable, Equatable {
        package var name: String
        package var value: Secret

        package init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    /// Whole URLs, tried in turn (or all at once with `loadbalance`).
    package var hosts: [String] = []
    /// gzip level of the body, 0 to 9; 0: not compressed.
    package var compressionLevel = 1
    package var headers: [Header] = []
    package var username: String?
    package var password: Secret?
    package var bearerToken: Secret?
    package var workers = 1
    package var loadBalance = false
    package var timeout = Duration.seconds(90)
    package var idleConnectionTimeout = Duration.seconds(60)
    package var bulkMaxSize = 2048
    /// Bytes of an uncompressed body; a 413 lowers it for its host.
    package var bulkMaxBytes = 5 * 1024 * 1024
    /// `http://` or `socks5://`; both kinds of URL go through a tunnel (CONNECT), plain HTTP too.
    package var proxyURL: String?
    package var tls: TLSSettings?

    package init() {}
}
