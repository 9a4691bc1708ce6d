import AsyncHTTPClient
package import NIOCore
import NIOHTTP1
import Publishing
package import Transport

/// `needletail test output` for HTTP: name, connection, TLS, and one HEAD request.
///
/// HEAD is safe by its definition (RFC 9110, section 9.2.1): nothing is stored or started by it, and its answer has no
/// body. Any answer proves that the host speaks HTTP; 401, 403 and 407 show that the credentials are not accepted.
/// Many receivers answer 404 or 405 to anything but POST, which says nothing about the events.
extension HTTPContext {
    /// - Throws: `HTTPTransportError`, or an error of the TLS settings.
    package static func probe(
        _ settings: HTTPClientSettings, request: HTTPRequestForm, on loop: any EventLoop
    ) async throws -> [ProbeReport] {
        let proxy = try proxyURL(settings.proxyURL)
        let tls = proxy == nil ? try tlsClient(for: settings) ?? TLSClient(TLSSettings()) : nil
        var reports: [ProbeReport] = []
        for base in try urls(of: settings) {
            let url = base.target == "/" ? base.at(request.defaultTarget) : base
            var headers = try headers(for: settings, request, credentials: url)
            headers.remove(name: "content-encoding")
            if let proxy {
                reports.append(try await probe(url, headers, through: proxy, settings, on: loop))
                continue
            }
            headers.replaceOrAdd(name: "host", value: "\(url.host):\(url.port)")
            headers.replaceOrAdd(name: "connection", value: "close")
            let head = HTTPRequestHead(version: .http1_1, method: .HEAD, uri: url.target, headers: headers)
            let connector = Connector(tls: url.scheme == "https" ? tls : nil, timeout: .seconds(30))
            let probe = ConnectionProbe(connector) { channel in try await hello(head, on: channel) }
            reports += await probe.run([Endpoint(host: url.host, port: url.port)], on: loop)
        }
        return reports
    }

    private static func hello(_ head: HTTPRequestHead, on channel: any Channel) async throws -> String {
        let promise = channel.eventLoop.makePromise(of: HTTPResponseHead.self)
        let deadline = channel.eventLoop.scheduleTask(in: .seconds(30)) {
            promise.fail(TransportError(.timeout, "no answer to a HEAD request in 30 s"))
        }
        defer { deadline.cancel() }
        try await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.addHTTPClientHandlers()
            try channel.pipeline.syncOperations.addHandler(HeadReader(promise))
        }.get()
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.writeAndFlush(HTTPClientRequestPart.end(nil), promise: nil)
        return try verdict(try await promise.futureResult.get().status.code)
    }

    private static func verdict(_ status: UInt) throws -> String {
        if [401, 403, 407].contains(status) {
            throw TransportError(.protocolError, "answered \(status): the credentials are not accepted")
        }
        return "answered \(status) to a HEAD request"
    }

    /// The way there leads through the proxy: it is looked for and dialled, and the rest is asked as events are sent.
    private static func probe(
        _ url: TargetURL, _ headers: HTTPHeaders, through proxy: TargetURL, _ settings: HTTPClientSettings,
        on loop: any EventLoop
    ) async throws -> ProbeReport {
        let client = try client(for: settings, lanes: 1)
        let probe = ConnectionProbe(Connector(timeout: .seconds(30))) { _ in
            var request = HTTPClientRequest(url: url.url)
            request.method = .HEAD
            request.headers = headers
            do {
                let answer = try await client.execute(request, timeout: .seconds(30))
                return "\(url.endpoint), through the proxy, \(try verdict(answer.status.code))"
            } catch let error as TransportError {
                throw error
            } catch {
                let failure = Reply.Failure(error, endpoint: url.endpoint)
                throw TransportError(.protocolError, failure.message)
            }
        }
        let reports = await probe.run([Endpoint(host: proxy.host, port: proxy.port)], on: loop)
        try await client.shutdown()
        return reports[0]
    }
}

/// Takes the head of the first answer.
private final class HeadReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    private let promise: EventLoopPromise<HTTPResponseHead>

    init(_ promise: EventLoopPromise<HTTPResponseHead>) {
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) { promise.succeed(head) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(TransportError(.protocolError, "does not answer in HTTP"))
        context.close(promise: nil)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        promise.fail(TransportError(.reset, "closed the connection before it had answered"))
    }
}
