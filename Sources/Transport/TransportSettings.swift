package import EventModel

/// One host of an output.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
    package var host: String
    package var port: Int

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    package var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// `ssl.*`.
package struct TLSSettings: Sendable, Equatable {
    package enum VerificationMode: String, Sendable, CaseIterable { case full, strict, certificate, none }
    package enum ProtocolVersion: String, Sendable, CaseIterable { case v12 = "TLSv1.2", v13 = "TLSv1.3" }

    package var enabled = true
    package var verificationMode = VerificationMode.full
    /// Files, or PEM texts; empty: the system's.
    package var certificateAuthorities: [String] = []
    /// File or PEM text.
    package var certificate: String?
    package var key: String?
    package var keyPassphrase: Secret?
    /// Base64 of the SHA-256 of a subject public key info, one of which must be in the chain (`ca_sha256`).
    package var caSHA256: [String] = []
    /// Hex of the SHA-256 of a certificate that is then trusted (`ca_trusted_fingerprint`).
    package var caTrustedFingerprint: String?
    package var supportedProtocols: [ProtocolVersion] = [.v12, .v13]
    package var cipherSuites: [String] = []

    package init() {}
}
