package import NIOCore
import NIOHTTP1
package import Transport

/// `needletail test output` for HTTP: name, connection, TLS, and one HEAD request.
///
/// HEAD is safe by its definition (RFC 9110, section 9.2.1): nothing is stored or started by it, and its answer has no
/// body. Any answer proves that the host speaks HTTP; 401, 403 and 407 show that the credentials are not accepted.
/// Many receivers answer 404 or 405 to anything but POST, which says nothing about the events.
extension HTTPOutput {
    /// - Throws: `HTTPOutputError`, or an error of the TLS settings.
    package static func probe(
        _ settings: HTTPSettings, userAgent: String, on loop: any EventLoop
    ) async throws -> [ProbeReport] {
        let tls = try tlsClient(for: settings)
        var reports: [ProbeReport] = []
        for url in try urls(of: settings) {
            var headers = try headers(for: settings, credentials: url, userAgent: userAgent)
            headers.remove(name: "content-encoding")
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
        let status = try await promise.futureResult.get().status.code
        if [401, 403, 407].contains(status) {
            throw TransportError(.protocolError, "answered \(status): the credentials are not accepted")
        }
        return "answered \(status) to a HEAD request"
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
