import AsyncHTTPClient
import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
package import Publishing

extension Reply.Failure {
    /// What went wrong with a request that got no answer.
    package init(_ error: any Error, endpoint: String) {
        switch error {
        case let error as HTTPClientError: self.init(client: error, endpoint: endpoint)
        case let error as NIOConnectionError:
            let causes = error.connectionErrors.map { "\($0.error)" }
            let cause = causes.isEmpty ? "the name does not resolve" : causes.joined(separator: "; ")
            self.init(.connect, "cannot connect to \(endpoint): \(cause)")
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError:
            self.init(.tls, "TLS with \(endpoint) failed: \(error)")
        case is HTTPParserError: self.init(.protocolError, "\(endpoint) does not answer in HTTP: \(error)")
        case let error as ChannelError where "\(error)".contains("connectTimeout"):
            self.init(.connect, "no connection to \(endpoint) in time")
        case let error as IOError:
            let refused = error.errnoCode == ECONNREFUSED || error.errnoCode == EHOSTUNREACH
            self.init(refused ? .connect : .reset, "connection to \(endpoint) failed: \(error)")
        default: self.init(.reset, "connection to \(endpoint) failed: \(error)")
        }
    }

    private init(client error: HTTPClientError, endpoint: String) {
        switch error {
        case .connectTimeout: self.init(.connect, "no connection to \(endpoint) in time")
        case .tlsHandshakeTimeout: self.init(.tls, "no TLS handshake with \(endpoint) in time")
        case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout, .socksHandshakeTimeout,
            .httpProxyHandshakeTimeout:
            self.init(.timeout, "no answer from \(endpoint) in time")
        case .remoteConnectionClosed, .uncleanShutdown, .cancelled:
            self.init(.reset, "\(endpoint) closed the connection before it had answered")
        case .invalidProxyResponse, .proxyAuthenticationRequired:
            self.init(.connect, "the proxy refuses to connect to \(endpoint): \(error.shortDescription)")
        default: self.init(.protocolError, "\(endpoint): \(error.shortDescription)")
        }
    }
}
