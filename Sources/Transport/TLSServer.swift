package import NIOSSL

/// TLS as a listener's settings ask for it; made once at start, so that a wrong file is named before anyone connects.
package struct TLSServer: Sendable {
    /// For servers that bring their own handlers.
    package let configuration: TLSConfiguration
    private let context: NIOSSLContext

    /// - Parameter prefix: what stands in front of `ssl.` in the configuration, for errors: `collector.http.`.
    package init(_ settings: TLSServerSettings, prefix: String = "") throws(TransportError) {
        do {
            configuration = try TLSServer.configuration(of: settings)
        } catch {
            throw TransportError(error.code, prefix + error.message)
        }
        do {
            context = try NIOSSLContext(configuration: configuration)
        } catch {
            let cause = TransportError(error, fallback: .configuration).message
            throw TransportError(
                .configuration, "\(prefix)ssl.certificate and ssl.key do not fit together: \(cause)")
        }
    }

    /// A handler for one connection.
    package func handler() -> NIOSSLServerHandler { NIOSSLServerHandler(context: context) }

    private static func configuration(of settings: TLSServerSettings) throws(TransportError) -> TLSConfiguration {
        guard let certificate = settings.certificate, let key = settings.key else {
            let missing = settings.certificate == nil ? "ssl.certificate" : "ssl.key"
            throw TransportError(.configuration, "\(missing) is not set: a server needs a certificate and its key")
        }
        let chain = try TLSClient.certificates(certificate, "ssl.certificate")
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try TLSClient.privateKey(key, settings.keyPassphrase)))
        try TLSClient.setVersions(settings.supportedProtocols, &configuration)
        if !settings.cipherSuites.isEmpty {
            configuration.cipherSuiteValues = try CipherSuite.values(settings.cipherSuites)
        }
        try ask(settings, &configuration)
        return configuration
    }

    private static func ask(
        _ settings: TLSServerSettings, _ configuration: inout TLSConfiguration
    ) throws(TransportError) {
        guard settings.authentication != .none else { return }
        guard !settings.certificateAuthorities.isEmpty else {
            throw TransportError(
                .configuration, "ssl.client_authentication needs ssl.certificate_authorities: who signs the clients?")
        }
        var roots: [NIOSSLCertificate] = []
        for authority in settings.certificateAuthorities {
            roots += try TLSClient.certificates(authority, "ssl.certificate_authorities")
        }
        configuration.trustRoots = .certificates(roots)
        // A client has no host name to compare.
        configuration.certificateVerification =
            settings.authentication == .required ? .noHostnameVerification : .optionalVerification
    }
}
