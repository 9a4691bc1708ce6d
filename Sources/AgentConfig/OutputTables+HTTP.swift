import EventModel
import HTTPTransport
import Transport

/// The keys that all outputs over HTTP have, but for their hosts.
extension OutputTables {
    static let httpClient: [Setting<HTTPClientSettings>] =
        [
            Setting("compression_level", to: \.compressionLevel, .count(0...9)),
            Setting("headers", example: true) { node, root, reader in root.headers = reader.headers(node) },
            Setting("username", to: \.username, ValueKind<String>.text.optional, example: true),
            Setting("password", to: \.password, ValueKind<Secret>.secret.optional, example: true),
            Setting("worker", "workers", to: \.workers, .count(1...64)),
            Setting("loadbalance", to: \.loadBalance, .flag),
            Setting("timeout", to: \.timeout, .positiveDuration),
            Setting("idle_connection_timeout", to: \.idleConnectionTimeout, .positiveDuration),
            Setting("bulk_max_size", to: \.bulkMaxSize, .bulk),
            Setting("bulk_max_bytes", to: \.bulkMaxBytes, .size(1024...(1 << 30))),
            Setting("proxy_url", to: \.proxyURL, ValueKind<String>.text.optional, example: true),
        ] + tls.map { $0.withinOptional("ssl.", \.tls) }

    /// Where a token can stand for the user.
    static let bearerToken: [Setting<HTTPClientSettings>] = [
        Setting("bearer_token", to: \.bearerToken, ValueKind<Secret>.secret.optional, example: true)
    ]
}

extension ConfigReader {
    /// `headers:`, whose values may be secrets.
    mutating func headers(_ node: ConfigNode) -> [HTTPClientSettings.Header] {
        var headers: [HTTPClientSettings.Header] = []
        for entry in entries(node, of: "headers") ?? [] {
            if case .object(let below) = entry.value.content {
                // A dot in a name had become a level.
                for inner in below {
                    guard let text = text(inner.value, expected: "a text") else { continue }
                    headers.append(.init(name: "\(entry.key).\(inner.key)", value: Secret(text.string)))
                }
            } else if let text = text(entry.value, expected: "a text") {
                headers.append(.init(name: entry.key, value: Secret(text.string)))
            }
        }
        return headers
    }
}
