import AsyncHTTPClient
import ByteTools
import EventModel
import FoundationEssentials
import HTTPTransport
import NIOCore
import NIOHTTP1
import Publishing
import SystemTools

/// Gets access tokens: from a server by the client credentials grant, or from a file that somebody renews.
///
/// - Source: RFC 6749 sections 2.3.1 and 4.4.2
struct TokenSource: Sendable {
    /// Why there is no token; what is shown does not hold any part of a secret.
    struct Failure: Error, Sendable, Equatable {
        var message: String
    }

    private enum Origin {
        case file(String)
        case server(TargetURL, HTTPClientSettings, HTTPHeaders, body: String)
    }
    private let origin: Origin
    let settings: OAuth2Settings

    /// Bytes of a token or of an answer, at most.
    static let longest = 64 * 1024
    static let patience = Duration.seconds(20)

    init(_ settings: OAuth2Settings) throws(HTTPTransportError) {
        self.settings = settings
        if let file = settings.tokenFile {
            origin = .file(file)
            return
        }
        var client = HTTPClientSettings()
        client.hosts = [settings.tokenURL ?? ""]
        client.timeout = TokenSource.patience
        client.tls = settings.tls
        client.proxyURL = settings.proxyURL
        client.username = settings.clientID.map(TokenSource.encoded)
        client.password = settings.clientSecret.map { Secret(TokenSource.encoded($0.exposed)) }
        guard let url = TargetURL(settings.tokenURL ?? "", schemes: ["http": 80, "https": 443]) else {
            throw HTTPTransportError(
                .invalidURL, "token_url: must be a whole URL, such as https://login.example.com/oauth2/token")
        }
        let form = HTTPRequestForm(
            contentType: "application/x-www-form-urlencoded", userAgent: "needletail", compressionLevel: 0)
        let headers = try HTTPContext.headers(for: client, form, credentials: url)
        var pairs = [OAuth2Settings.Pair(name: "grant_type", value: "client_credentials")]
        if !settings.scopes.isEmpty {
            pairs.append(.init(name: "scope", value: settings.scopes.joined(separator: " ")))
        }
        let body = (pairs + settings.parameters).map {
            "\(TokenSource.encoded($0.name))=\(TokenSource.encoded($0.value))"
        }
        origin = .server(url, client, headers, body: body.joined(separator: "&"))
    }

    func token() async throws(Failure) -> AccessToken {
        switch origin {
        case .file(let path): try TokenSource.read(path)
        case .server(let url, let settings, let headers, let body):
            try await TokenSource.ask(url, settings, headers, body)
        }
    }

    private static func read(_ path: String) throws(Failure) -> AccessToken {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure(message: "cannot read the token in \(path): \(error)")
        }
        let token = text.filter { !$0.isWhitespace }
        guard !token.isEmpty, token.utf8.count <= longest else {
            throw Failure(message: "there is no token in \(path)")
        }
        return AccessToken(token, lifetime: nil, now: now)
    }

    private static func ask(
        _ url: TargetURL, _ settings: HTTPClientSettings, _ headers: HTTPHeaders, _ body: String
    ) async throws(Failure) -> AccessToken {
        let client: HTTPClient
        do {
            client = try HTTPContext.client(for: settings, lanes: 1)
        } catch {
            throw Failure(message: "no token from \(url.endpoint): \(error.message)")
        }
        var (status, bytes): (Int, [UInt8]) = (0, [])
        var failure: Reply.Failure?
        do {
            var request = HTTPClientRequest(url: url.url)
            request.method = .POST
            request.headers = headers
            request.body = .bytes(ByteBuffer(string: body))
            let answer = try await client.execute(request, timeout: HTTPContext.amount(patience))
            status = Int(answer.status.code)
            bytes = Array(try await answer.body.collect(upTo: longest).readableBytesView)
        } catch {
            failure = Reply.Failure(error, endpoint: url.endpoint)
        }
        try? await client.shutdown()
        if let failure { throw Failure(message: "no token: \(failure.message)") }
        return try judge(status, bytes, url)
    }

    private static func judge(_ status: Int, _ body: [UInt8], _ url: TargetURL) throws(Failure) -> AccessToken {
        guard status == 200 else {
            let words = String(decoding: body.prefix(300), as: UTF8.self)
            throw Failure(message: "no token: \(url.endpoint) answers \(status) \(words)")
        }
        guard let token = AccessToken(answer: body, now: now) else {
            throw Failure(message: "no token: there is no access_token in the answer of \(url.endpoint)")
        }
        return token
    }

    private static func encoded(_ text: String) -> String { PercentEncoding.encode(text.utf8) }

    /// Milliseconds since 1970.
    private static var now: Int64 { Clocks.wall / 1_000_000 }
}
