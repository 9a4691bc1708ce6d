import ByteTools
import Crypto
import EventModel
import NIOSSL

/// From settings to BoringSSL's configuration, with the names of settings and files in every error.
extension TLSClient {
    static func configuration(of settings: TLSSettings) throws(TransportError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification =
            switch settings.verificationMode {
            case .full, .strict: .fullVerification
            case .certificate: .noHostnameVerification
            case .none: .none
            }
        if settings.verificationMode != .none { configuration.trustRoots = try trustRoots(settings) }
        if let certificate = settings.certificate {
            configuration.certificateChain = try certificates(certificate, "ssl.certificate").map { .certificate($0) }
            guard let key = settings.key else {
                throw TransportError(.configuration, "ssl.certificate is set, but ssl.key is not")
            }
            configuration.privateKey = .privateKey(try privateKey(key, settings.keyPassphrase))
        } else if settings.key != nil {
            throw TransportError(.configuration, "ssl.key is set, but ssl.certificate is not")
        }
        try setVersions(settings.supportedProtocols, &configuration)
        if !settings.cipherSuites.isEmpty {
            configuration.cipherSuiteValues = try CipherSuite.values(settings.cipherSuites)
        }
        return configuration
    }

    static func setVersions(
        _ versions: [TLSSettings.ProtocolVersion], _ configuration: inout TLSConfiguration
    ) throws(TransportError) {
        guard !versions.isEmpty else {
            throw TransportError(.configuration, "ssl.supported_protocols is empty: name TLSv1.2, TLSv1.3 or both")
        }
        configuration.minimumTLSVersion = versions.contains(.v12) ? .tlsv12 : .tlsv13
        configuration.maximumTLSVersion = versions.contains(.v13) ? .tlsv13 : .tlsv12
    }

    // MARK: Authorities

    private static func trustRoots(_ settings: TLSSettings) throws(TransportError) -> NIOSSLTrustRoots {
        if settings.certificateAuthorities.isEmpty, settings.caSHA256.isEmpty { return .default }
        var roots: [NIOSSLCertificate] = []
        if settings.certificateAuthorities.isEmpty {
            roots = try certificates(try systemBundle(), "the system's certificate authorities")
        }
        for authority in settings.certificateAuthorities {
            roots += try certificates(authority, "ssl.certificate_authorities")
        }
        guard !settings.caSHA256.isEmpty else { return .certificates(roots) }
        let pinned = roots.filter { settings.caSHA256.contains(pin(of: $0)) }
        guard !pinned.isEmpty else {
            let message = "ssl.ca_sha256: none of the certificate authorities has one of the pinned keys"
            throw TransportError(.configuration, message)
        }
        return .certificates(pinned)
    }

    /// Base64 of the SHA-256 of the certificate's subject public key info (RFC 7469, section 2.4).
    static func pin(of certificate: NIOSSLCertificate) -> String {
        guard let key = try? certificate.extractPublicKey().toSPKIBytes() else { return "" }
        return String(decoding: Base64.encode(SHA256.hash(data: key)), as: UTF8.self)
    }

    private static func systemBundle() throws(TransportError) -> String {
        let places = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"]
        guard let found = places.first(where: FileBytes.exists) else {
            let message = "no bundle of certificate authorities on this system: set ssl.certificate_authorities"
            throw TransportError(.configuration, message)
        }
        return found
    }

    // MARK: Files and texts

    static func certificates(_ source: String, _ setting: String) throws(TransportError) -> [NIOSSLCertificate] {
        let bytes = try pem(source, setting)
        guard let certificates = try? NIOSSLCertificate.fromPEMBytes(bytes), !certificates.isEmpty else {
            throw TransportError(.configuration, "\(setting): \(name(source)) holds no PEM certificate")
        }
        return certificates
    }

    static func privateKey(_ source: String, _ passphrase: Secret?) throws(TransportError) -> NIOSSLPrivateKey {
        let bytes = try pem(source, "ssl.key")
        do {
            guard let passphrase else { return try NIOSSLPrivateKey(bytes: bytes, format: .pem) }
            return try NIOSSLPrivateKey(bytes: bytes, format: .pem) { $0(Array(passphrase.exposed.utf8)) }
        } catch {
            let encrypted = String(decoding: bytes.prefix(200), as: UTF8.self).contains("ENCRYPTED")
            let advice =
                if encrypted { passphrase == nil ? "set ssl.key_passphrase" : "is ssl.key_passphrase right?" } else {
                    "it must be a PEM key"
                }
            throw TransportError(.configuration, "ssl.key: \(name(source)) cannot be read as a private key: \(advice)")
        }
    }

    private static func pem(_ source: String, _ setting: String) throws(TransportError) -> [UInt8] {
        if isText(source) { return Array(source.utf8) }
        return try FileBytes.read(source, setting)
    }

    private static func isText(_ source: String) -> Bool { source.contains("-----BEGIN") }

    private static func name(_ source: String) -> String { isText(source) ? "the text" : source }
}
