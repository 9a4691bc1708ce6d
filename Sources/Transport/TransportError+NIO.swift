import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// What NIO and BoringSSL say, in an operator's words.
extension TransportError {
    /// Any error of a connection. `code` is the one for errors that say nothing better: `connect` while connecting,
    /// `reset` later.
    init(_ error: any Error, fallback code: Code) {
        switch error {
        case let error as TransportError: self = error
        case let error as IOError: self.init(code, TransportError.text(errno: error.errnoCode))
        case let error as NIOConnectionError: self.init(error, fallback: code)
        case ChannelError.connectTimeout:
            self.init(.timeout, "no answer to the connection attempt; is a firewall in between?")
        case let error as NIOSSLError: self.init(error)
        case let error as NIOSSLExtraError: self.init(.tls, TransportError.text(error))
        case let error as BoringSSLError: self.init(.tls, TransportError.text(error))
        default: self.init(code, "\(error)")
        }
    }

    private init(_ error: NIOConnectionError, fallback code: Code) {
        guard let first = error.connectionErrors.first else {
            self.init(.resolve, "the host name cannot be resolved")
            return
        }
        self.init(first.error, fallback: code)
    }

    private init(_ error: NIOSSLError) {
        switch error {
        case .handshakeFailed(let cause): self.init(.tls, TransportError.text(cause))
        case .uncleanShutdown: self.init(.reset, "the peer closed the connection without ending TLS")
        case .unableToValidateCertificate, .noCertificateToValidate:
            self.init(.tls, "the server's certificate was not accepted")
        default: self.init(.tls, "TLS failed: \(error)")
        }
    }

    static func text(errno code: CInt) -> String {
        switch code {
        case ECONNREFUSED: "connection refused: nothing listens there"
        case EHOSTUNREACH, ENETUNREACH: "no route to the host"
        case ECONNRESET, EPIPE: "the peer reset the connection"
        case ETIMEDOUT: "the peer does not answer any more"
        default: unsafe String(cString: strerror(code))
        }
    }

    private static func text(_ error: NIOSSLExtraError) -> String {
        error == .failedToValidateHostname
            ? "the server's certificate is for another host name (ssl.verification_mode: full): \(error.description)"
            : "TLS failed: \(error.description)"
    }

    private static func text(_ error: BoringSSLError) -> String {
        switch error {
        case .sslError(let stack), .unknownError(let stack):
            guard let first = stack.first else { return "TLS failed" }
            return text(boring: first.description)
        case .zeroReturn, .syscallError: return "the peer closed the connection during TLS"
        default: return "TLS failed: \(error)"
        }
    }

    /// BoringSSL writes `error:1000007d:SSL routines:OPENSSL_internal:REASON at file:line`.
    static func text(boring description: String) -> String {
        for (reason, words) in reasons where description.contains(reason) { return words }
        if description.contains("EOF during handshake") {
            return "the peer closed the connection during the TLS handshake; does it expect TLS?"
        }
        let tail = description.split(separator: ":").last { !$0.allSatisfy(\.isNumber) } ?? ""
        let reason = tail.split(separator: " ").first.map(String.init) ?? description
        return "TLS failed: \(reason.lowercased())"
    }

    static let verifyFailed = "the server's certificate was not accepted"

    private static let reasons = [
        ("CERTIFICATE_VERIFY_FAILED", verifyFailed),
        ("WRONG_VERSION_NUMBER", "the peer does not speak TLS on this port"),
        ("CERTIFICATE_REQUIRED", "the server requires a client certificate (ssl.certificate, ssl.key)"),
        ("ALERT_UNKNOWN_CA", "the server does not know the authority of our certificate (ssl.certificate)"),
        ("ALERT_BAD_CERTIFICATE", "the server refused our certificate (ssl.certificate)"),
        ("ALERT_CERTIFICATE_EXPIRED", "our certificate has expired (ssl.certificate)"),
        ("ALERT_PROTOCOL_VERSION", "no TLS version in common (ssl.supported_protocols)"),
        ("UNSUPPORTED_PROTOCOL", "no TLS version in common (ssl.supported_protocols)"),
        (
            "HANDSHAKE_FAILURE",
            "the server refused the handshake: no cipher in common, or a client certificate is missing"
        ),
    ]
}
