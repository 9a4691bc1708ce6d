import AsyncHTTPClient
import EventModel
import HTTPTransport
import NIOCore
import NIOHTTP1
import Publishing

/// Requests to the first of the hosts that answers, and patience while it starts.
final class SetupClient: Sendable {
    /// Longest answer that is read. Templates and policies of one name are a few kB.
    static let longestAnswer = 4 << 20

    private let client: HTTPClient
    private let hosts: [TargetURL]
    private let headers: HTTPHeaders
    private let target: SetupTarget
    private let deadline: ContinuousClock.Instant
    private let report: SetupReport

    /// Makes a client for as long as `body` runs.
    static func with<Result>(
        _ target: SetupTarget, report: @escaping SetupReport, _ body: (SetupClient) async throws -> Result
    ) async throws(SetupError) -> Result {
        let client: SetupClient
        do {
            client = try SetupClient(target, report: report)
        } catch {
            throw SetupError(.settings, error.message, endpoint: error.endpoint)
        }
        do {
            let result = try await body(client)
            try? await client.client.shutdown()
            return result
        } catch {
            try? await client.client.shutdown()
            throw error as? SetupError ?? SetupError(.badAnswer, "\(error)")
        }
    }

    private init(_ target: SetupTarget, report: @escaping SetupReport) throws(HTTPTransportError) {
        hosts = try HTTPContext.urls(of: target.client)
        var form = HTTPRequestForm(
            contentType: "application/json", userAgent: target.userAgent, compressionLevel: 0)
        if let key = target.encodedAPIKey {
            form.headers.append(.init(name: "authorization", value: Secret("ApiKey " + key.exposed)))
        }
        headers = try HTTPContext.headers(for: target.client, form, credentials: hosts[0])
        self.target = target
        self.report = report
        deadline = ContinuousClock.now + target.timeout
        // Made last: a client that exists must be shut down.
        client = try HTTPContext.client(for: target.client, lanes: 1)
    }

    /// The answer, whatever its status, but not one that says "later".
    ///
    /// - Errors: `unavailable` when there was none until the time was up, `settings` when TLS cannot be agreed upon,
    ///   `unauthorized` for 401.
    func send(_ request: SetupRequest) async throws(SetupError) -> SetupAnswer {
        var pause = target.firstPause
        var said: String?
        while true {
            let trouble: SetupError
            do throws(SetupError) {
                let answer = try await attempt(request)
                if answer.status == 401 { throw unauthorized(answer) }
                if !answer.isNotReady { return answer }
                trouble = SetupError(
                    .unavailable, "is not ready, it answers \(answer.status)\(answer.because)", endpoint: endpoint)
            } catch {
                guard error.isTransient else { throw error }
                trouble = error
            }
            guard ContinuousClock.now + pause < deadline else { throw trouble }
            if said != trouble.message { report("waiting: \(trouble)") }
            said = trouble.message
            do { try await Task.sleep(for: pause) } catch { throw trouble }
            pause = min(pause * 2, .seconds(5))
        }
    }

    /// The URL of all hosts, for messages.
    var endpoint: String { hosts.map(\.endpoint).joined(separator: ", ") }

    // MARK: One attempt

    /// Asks host after host until one answers. The requests of a setup can be repeated without harm.
    private func attempt(_ request: SetupRequest) async throws(SetupError) -> SetupAnswer {
        var failures: [Reply.Failure] = []
        for host in hosts {
            do {
                return try await ask(host, request)
            } catch is NIOTooManyBytesError {
                throw SetupError(
                    .badAnswer, "answers with more than \(SetupClient.longestAnswer >> 20) MiB", endpoint: host.endpoint
                )
            } catch {
                failures.append(Reply.Failure(error, endpoint: host.endpoint))
            }
        }
        let message = failures.map(\.message).joined(separator: "; ")
        if failures.allSatisfy({ $0.label == .tls }) {
            throw SetupError(
                .settings, message + "; name the authority that signed its certificate with --ca FILE")
        }
        throw SetupError(.unavailable, message)
    }

    private func ask(_ host: TargetURL, _ request: SetupRequest) async throws -> SetupAnswer {
        let base = host.target.prefix { $0 != "?" }
        let url = host.at((base.hasSuffix("/") ? base.dropLast() : base) + request.path).url
        var message = HTTPClientRequest(url: url)
        message.method = HTTPMethod(rawValue: request.method)
        message.headers = headers
        if request.body.isEmpty {
            message.headers.remove(name: "content-type")
        } else {
            message.headers.replaceOrAdd(name: "content-type", value: request.contentType)
            message.body = .bytes(ByteBuffer(bytes: request.body))
        }
        for header in request.headers { message.headers.replaceOrAdd(name: header.name, value: header.value) }
        let left = max(.seconds(1), min(deadline - .now, .seconds(30)))
        let response = try await client.execute(message, deadline: .now() + HTTPContext.amount(left))
        let body = try await response.body.collect(upTo: SetupClient.longestAnswer)
        return SetupAnswer(status: Int(response.status.code), body: Array(body.readableBytesView))
    }

    private func unauthorized(_ answer: SetupAnswer) -> SetupError {
        let advice =
            target.hasCredentials
            ? "the credentials are not accepted (401)"
            : "wants credentials (401): set NEEDLETAIL_API_KEY, or --api-key-file, or --user and NEEDLETAIL_PASSWORD"
        return SetupError(.unauthorized, advice + answer.because, endpoint: endpoint)
    }
}
