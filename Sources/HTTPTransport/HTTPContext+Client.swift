package import AsyncHTTPClient
import EventModel
package import NIOCore
package import NIOHTTP1
import Transport

/// From settings to the client and its constant header fields.
extension HTTPContext {
    package static func urls(of settings: HTTPClientSettings) throws(HTTPTransportError) -> [TargetURL] {
        guard !settings.hosts.isEmpty else { throw HTTPTransportError(.noHosts, "name at least one URL in hosts") }
        var urls: [TargetURL] = []
        for (index, text) in settings.hosts.enumerated() {
            guard let url = TargetURL(text, schemes: ["http": 80, "https": 443]) else {
                throw HTTPTransportError(
                    .invalidURL, "hosts[\(index)] must be a whole URL, such as https://collector:8443/logs")
            }
            urls.append(url)
        }
        return urls
    }

    package static func client(for settings: HTTPClientSettings, lanes: Int) throws(HTTPTransportError) -> HTTPClient {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout = .init(connect: min(amount(settings.timeout), .seconds(30)))
        configuration.connectionPool.idleTimeout = amount(settings.idleConnectionTimeout)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = max(8, lanes)
        // A failed connection is answered at once; the pipeline knows when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.proxy = try proxy(settings.proxyURL)
        if let tls = try tlsClient(for: settings) { configuration.tlsConfiguration = tls.configuration }
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// Nil when the settings say nothing about TLS, or switch it off; an `https` URL is then verified by default.
    static func tlsClient(for settings: HTTPClientSettings) throws(HTTPTransportError) -> TLSClient? {
        guard let tls = settings.tls, tls.enabled else { return nil }
        // The client verifies by itself, and offers no place for these two checks.
        if tls.verificationMode == .strict || tls.caTrustedFingerprint != nil {
            throw HTTPTransportError(
                .tls,
                "ssl.verification_mode: strict and ssl.ca_trusted_fingerprint are not available for this output: "
                    + "use full, and certificate_authorities or ca_sha256")
        }
        do {
            return try TLSClient(tls)
        } catch {
            throw HTTPTransportError(.tls, error.description)
        }
    }

    static func proxyURL(_ text: String?) throws(HTTPTransportError) -> TargetURL? {
        guard let text, !text.isEmpty else { return nil }
        guard let url = TargetURL(text, schemes: ["http": 80, "socks5": 1080]) else {
            throw HTTPTransportError(.invalidProxy, "proxy_url must look like http://proxy:3128 or socks5://proxy:1080")
        }
        return url
    }

    private static func proxy(_ text: String?) throws(HTTPTransportError) -> HTTPClient.Configuration.Proxy? {
        guard let url = try proxyURL(text) else { return nil }
        if url.scheme == "socks5" { return .socksServer(host: url.host, port: url.port) }
        return .server(
            host: url.host, port: url.port,
            authorization: url.username.map { .basic(username: $0, password: url.password?.exposed ?? "") })
    }

    /// The fields of every request. What the settings name replaces what the output would say itself.
    package static func headers(
        for settings: HTTPClientSettings, _ request: HTTPRequestForm, credentials url: TargetURL
    ) throws(HTTPTransportError) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.add(name: "user-agent", value: request.userAgent)
        headers.add(name: "content-type", value: request.contentType)
        if let token = settings.bearerToken {
            headers.add(
                name: "authorization", value: HTTPClient.Authorization.bearer(tokens: token.exposed).headerValue)
        } else if let username = settings.username ?? url.username {
            let password = settings.username == nil ? url.password : settings.password
            let basic = HTTPClient.Authorization.basic(username: username, password: password?.exposed ?? "")
            headers.add(name: "authorization", value: basic.headerValue)
        }
        for header in request.headers { headers.replaceOrAdd(name: header.name, value: header.value.exposed) }
        for header in settings.headers { headers.remove(name: header.name) }
        for header in settings.headers {
            guard isToken(header.name),
                header.value.exposed.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) })
            else {
                throw HTTPTransportError(
                    .invalidHeader, "a name is made of letters, digits and hyphens, a value has no control characters",
                    endpoint: header.name)
            }
            headers.add(name: header.name, value: header.value.exposed)
        }
        if let encoding = request.contentEncoding { headers.replaceOrAdd(name: "content-encoding", value: encoding) }
        return headers
    }

    /// https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || "!#$%&'*+-.^_`|~".utf8.contains(byte)
            }
    }

    package static func amount(_ duration: Duration) -> TimeAmount {
        let (seconds, attoseconds) = duration.components
        return .nanoseconds(seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}
