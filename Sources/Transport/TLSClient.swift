import Crypto
import EventModel
import NIOCore
package import NIOSSL
import Synchronization

/// TLS as an output's settings ask for it; made once at start, so that a wrong file is named before anything is sent.
///
/// What the verification modes mean, as in Filebeat: `full` checks the chain, the dates and the host name (or IP
/// address) against the certificate's subject alternative names, or its common name if it has none; `strict` does not
/// accept the common name; `certificate` checks chain and dates; `none` checks nothing, pins included.
///
/// `ca_sha256` leaves only those authorities trusted whose key is pinned, so that every chain that verifies ends in one.
package final class TLSClient: Sendable {
    package let settings: TLSSettings
    /// For clients that bring their own connections (HTTP); it knows neither `strict` nor the trusted fingerprint.
    package let configuration: TLSConfiguration
    private let context: NIOSSLContext
    /// With the authority that `ca_trusted_fingerprint` named, once a server has shown it.
    private let learned = Mutex<NIOSSLContext?>(nil)

    package init(_ settings: TLSSettings) throws(TransportError) {
        self.settings = settings
        configuration = try TLSClient.configuration(of: settings)
        context = try TLSClient.context(configuration)
    }

    private static func context(_ configuration: TLSConfiguration) throws(TransportError) -> NIOSSLContext {
        do {
            return try NIOSSLContext(configuration: configuration)
        } catch {
            let cause = TransportError(error, fallback: .configuration).message
            throw TransportError(.configuration, "ssl.certificate and ssl.key do not fit together: \(cause)")
        }
    }

    /// A handler for one connection to the host.
    func handler(for endpoint: Endpoint) throws -> NIOSSLClientHandler {
        let context = learned.withLock { $0 } ?? self.context
        guard settings.verificationMode == .strict else {
            return try NIOSSLClientHandler(context: context, serverHostname: TLSClient.serverName(endpoint))
        }
        return try NIOSSLClientHandler._makeSSLClientHandler(
            context: context, serverHostname: TLSClient.serverName(endpoint)
        ) { certificate, channel in
            guard certificate._subjectAlternativeNames().isEmpty else {
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            let message = "the server's certificate has no subject alternative names (ssl.verification_mode: strict)"
            return channel.eventLoop.makeFailedFuture(TransportError(.tls, message, endpoint: endpoint))
        }
    }

    /// A handler that takes down the certificates that the server presents, and then gives up.
    func inspector(
        for endpoint: Endpoint, _ seen: @escaping @Sendable ([NIOSSLCertificate]) -> Void
    ) throws -> NIOSSLClientHandler {
        try NIOSSLClientHandler(context: context, serverHostname: TLSClient.serverName(endpoint)) { chain, verdict in
            seen(chain)
            verdict.succeed(NIOSSLVerificationResult.failed)
        }
    }

    /// The name for SNI, or nil for an IP address, which TLS then compares with the peer's.
    private static func serverName(_ endpoint: Endpoint) -> String? {
        (try? SocketAddress(ipAddress: endpoint.host, port: 0)) == nil ? endpoint.host : nil
    }

    // MARK: Trusted fingerprint

    /// Whether a server must first show its chain, so that the authority with the trusted fingerprint can be found.
    var wantsFingerprint: Bool {
        settings.caTrustedFingerprint != nil && settings.verificationMode != .none
            && learned.withLock { $0 == nil }
    }

    /// Trusts the certificate of this chain that has the configured fingerprint, from now on.
    func learn(_ chain: [NIOSSLCertificate]) throws(TransportError) {
        let wanted = settings.caTrustedFingerprint?.filter { $0 != ":" }.lowercased()
        for certificate in chain {
            guard let der = try? certificate.toDERBytes(), hex(SHA256.hash(data: der)) == wanted else { continue }
            var configuration = self.configuration
            configuration.additionalTrustRoots.append(.certificates([certificate]))
            let context = try TLSClient.context(configuration)
            learned.withLock { $0 = context }
            return
        }
    }

    private func hex(_ digest: SHA256.Digest) -> String {
        digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
