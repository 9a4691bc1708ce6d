package import NIOSSL

extension TestCertificates {
    /// A server's side of TLS with one of the certificates.
    /// - Parameter requiresClient: the client must show a certificate of `authority`.
    package static func server(
        _ certificate: String = server, key: String = serverKey, requiresClient: Bool = false,
        withAuthority: Bool = false
    ) throws -> TLSConfiguration {
        let chain = try NIOSSLCertificate.fromPEMBytes(Array((certificate + (withAuthority ? authority : "")).utf8))
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)))
        if requiresClient {
            configuration.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(authority.utf8)))
            configuration.certificateVerification = .noHostnameVerification
        }
        return configuration
    }
}
