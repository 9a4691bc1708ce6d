package import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// Connects to a host: finds its addresses, tries them all (Happy Eyeballs), does TLS if asked.
package struct Connector: Sendable {
    package let tls: TLSClient?
    /// For each step: finding the addresses, connecting, the TLS handshake.
    package let timeout: Duration

    package init(tls: TLSClient? = nil, timeout: Duration = .seconds(30)) {
        self.tls = tls
        self.timeout = timeout
    }

    /// Adds handlers to a new connection; runs on its event loop.
    package typealias Installer = @Sendable (any Channel) throws -> Void

    /// Connects, through the TLS handshake. Errors are `TransportError`.
    /// - Parameters:
    ///   - wire: adds handlers nearest to the socket, in front of TLS.
    ///   - plain: adds handlers that read and write plain bytes.
    package func connect(
        to endpoint: Endpoint, on loop: any EventLoop, wire: @escaping Installer = { _ in },
        plain: @escaping Installer = { _ in }
    ) -> EventLoopFuture<any Channel> {
        resolve(endpoint, on: loop).flatMap { addresses in
            prepare(endpoint, addresses, on: loop)
                .flatMap { dial(endpoint, addresses, on: loop, wire: wire, plain: plain) }
                .flatMap { channel in handshake(channel, endpoint, addresses).map { channel } }
        }
    }

    // MARK: Steps

    func resolve(_ endpoint: Endpoint, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        let found = AddressResolver.resolve(endpoint, on: loop)
        if loop.inEventLoop, (try? SocketAddress(ipAddress: endpoint.host, port: endpoint.port)) != nil { return found }
        return found.limited(to: timeout, on: loop) {
            TransportError(.resolve, "no answer from the name server", endpoint: endpoint)
        }
    }

    /// Connects the socket; the TLS handshake goes on by itself.
    func dial(
        _ endpoint: Endpoint, _ addresses: [SocketAddress], on loop: any EventLoop, wire: @escaping Installer,
        plain: @escaping Installer
    ) -> EventLoopFuture<any Channel> {
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(timeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.writeBufferWaterMark, value: .init(low: 128 * 1024, high: 512 * 1024))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try wire(channel)
                    try installTLS(channel, endpoint)
                    try plain(channel)
                }
            }
        let connected =
            addresses.count == 1
            ? bootstrap.connect(to: addresses[0])
            : bootstrap.resolver(KnownAddresses(addresses: addresses, loop: loop))
                .connect(host: endpoint.host, port: endpoint.port)
        return connected.flatMapErrorThrowing { throw TransportError($0, fallback: .connect).at(endpoint) }
    }

    private func installTLS(_ channel: any Channel, _ endpoint: Endpoint) throws {
        guard let tls else { return }
        let sync = channel.pipeline.syncOperations
        try sync.addHandler(try tls.handler(for: endpoint))
        try sync.addHandler(HandshakeWaiter(loop: channel.eventLoop))
    }

    /// Waits for the end of the TLS handshake, and finds out why when it fails.
    func handshake(
        _ channel: any Channel, _ endpoint: Endpoint, _ addresses: [SocketAddress]
    ) -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        guard tls != nil, let waiter = try? channel.pipeline.syncOperations.handler(type: HandshakeWaiter.self) else {
            return loop.makeSucceededVoidFuture()
        }
        return waiter.finished
            .limited(to: timeout, on: loop) {
                TransportError(.timeout, "the peer did not finish the TLS handshake", endpoint: endpoint)
            }
            .flatMapError { error in
                channel.close(promise: nil)
                let error = TransportError(error, fallback: .tls).at(endpoint)
                guard error.message == TransportError.verifyFailed else { return loop.makeFailedFuture(error) }
                return presentedChain(endpoint, addresses, on: loop).flatMapThrowing { chain in
                    throw TransportError(.tls, TLSDiagnosis.text(chain), endpoint: endpoint)
                }
            }
    }

    // MARK: Looking at the server's certificates

    /// Trusts the authority with `ca_trusted_fingerprint` if the server shows it; done once.
    func prepare(
        _ endpoint: Endpoint, _ addresses: [SocketAddress], on loop: any EventLoop
    ) -> EventLoopFuture<Void> {
        guard let tls, tls.wantsFingerprint else { return loop.makeSucceededVoidFuture() }
        return presentedChain(endpoint, addresses, on: loop).flatMapThrowing { try tls.learn($0) }
    }

    /// What the server presents, on a connection that is given up then; empty when it presents nothing.
    private func presentedChain(
        _ endpoint: Endpoint, _ addresses: [SocketAddress], on loop: any EventLoop
    ) -> EventLoopFuture<[NIOSSLCertificate]> {
        guard let tls else { return loop.makeSucceededFuture([]) }
        let seen = SeenChain()
        let look = Connector(timeout: timeout)
        return look.dial(
            endpoint, addresses, on: loop,
            wire: { channel in
                let sync = channel.pipeline.syncOperations
                try sync.addHandler(try tls.inspector(for: endpoint) { chain in seen.chain.withLock { $0 = chain } })
                try sync.addHandler(HandshakeWaiter(loop: channel.eventLoop))
            }, plain: { _ in }
        )
        .flatMap { channel in
            let waiter = try? channel.pipeline.syncOperations.handler(type: HandshakeWaiter.self)
            let done = waiter?.finished ?? loop.makeSucceededVoidFuture()
            return done.limited(to: timeout, on: loop) {
                TransportError(.timeout, "the peer did not finish the TLS handshake", endpoint: endpoint)
            }
            .recover { _ in channel.close(promise: nil) }
        }
        .map { seen.chain.withLock { $0 } }
    }

    private final class SeenChain: Sendable {
        let chain = Mutex<[NIOSSLCertificate]>([])
    }
}

extension EventLoopFuture where Value: Sendable {
    /// Fails with the error when there is no result in time.
    func limited(
        to timeout: Duration, on loop: any EventLoop, _ error: @escaping @Sendable () -> TransportError
    ) -> EventLoopFuture<Value> {
        let promise = loop.makePromise(of: Value.self)
        let timer = loop.scheduleTask(in: TimeAmount(timeout)) { promise.fail(error()) }
        whenComplete { result in
            timer.cancel()
            promise.completeWith(result)
        }
        return promise.futureResult
    }
}
