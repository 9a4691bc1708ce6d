import NIOSSL

/// Filebeat's names of cipher suites (`ssl.cipher_suites`). Those of TLS 1.3 are not configurable there, nor here.
enum CipherSuite {
    static func values(_ names: [String]) throws(TransportError) -> [NIOTLSCipher] {
        var values: [NIOTLSCipher] = []
        for name in names {
            guard let value = known[name] else {
                let list = known.keys.sorted().joined(separator: ", ")
                throw TransportError(.configuration, "ssl.cipher_suites: unknown suite \(name); known are \(list)")
            }
            values.append(value)
        }
        return values
    }

    private static let known: [String: NIOTLSCipher] = [
        "ECDHE-ECDSA-AES-128-CBC-SHA": .TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA,
        "ECDHE-ECDSA-AES-128-GCM-SHA256": .TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-ECDSA-AES-256-CBC-SHA": .TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA,
        "ECDHE-ECDSA-AES-256-GCM-SHA384": .TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-ECDSA-CHACHA20-POLY1205": .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-ECDSA-CHACHA20-POLY1305": .TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-RSA-AES-128-CBC-SHA": .TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
        "ECDHE-RSA-AES-128-GCM-SHA256": .TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        "ECDHE-RSA-AES-256-CBC-SHA": .TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
        "ECDHE-RSA-AES-256-GCM-SHA384": .TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
        "ECDHE-RSA-CHACHA20-POLY1205": .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "ECDHE-RSA-CHACHA20-POLY1305": .TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
        "RSA-AES-128-CBC-SHA": .TLS_RSA_WITH_AES_128_CBC_SHA,
        "RSA-AES-128-GCM-SHA256": .TLS_RSA_WITH_AES_128_GCM_SHA256,
        "RSA-AES-256-CBC-SHA": .TLS_RSA_WITH_AES_256_CBC_SHA,
        "RSA-AES-256-GCM-SHA384": .TLS_RSA_WITH_AES_256_GCM_SHA384,
    ]
}
