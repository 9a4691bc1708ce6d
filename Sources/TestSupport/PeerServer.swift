package import NIOCore
import NIOPosix
package import NIOSSL
import Synchronization

/// A listening socket on loopback with the connections it took, for peers of stream protocols.
package final class PeerServer: Sendable {
    private let channel: any Channel
    private let connections: Connections

    /// Those that are open, to close them with the server.
    private final class Connections: Sendable {
        let open = Mutex<[ObjectIdentifier: any Channel]>([:])
        let taken = Mutex(0)
    }

    /// - Parameters:
    ///   - receiveBuffer: bytes of the kernel's receive buffer, small to feel a stalled reader soon; nil: the system's.
    ///   - install: adds the handlers of a connection.
    package static func listen(
        tls: TLSConfiguration? = nil, port: Int = 0, receiveBuffer: Int? = nil,
        install: @escaping @Sendable (any Channel) throws -> Void
    ) async throws -> PeerServer {
        let context = try tls.map { try NIOSSLContext(configuration: $0) }
        let connections = Connections()
        var bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    connections.taken.withLock { $0 += 1 }
                    connections.open.withLock { $0[ObjectIdentifier(channel)] = channel }
                    channel.closeFuture.whenComplete { _ in
                        _ = connections.open.withLock { $0.removeValue(forKey: ObjectIdentifier(channel)) }
                    }
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                    }
                    try install(channel)
                }
            }
        if let receiveBuffer {
            bootstrap = bootstrap.serverChannelOption(.socketOption(.so_rcvbuf), value: receiveBuffer)
        }
        let channel = try await bootstrap.bind(host: "127.0.0.1", port: port).get()
        return PeerServer(channel: channel, connections: connections)
    }

    private init(channel: any Channel, connections: Connections) {
        self.channel = channel
        self.connections = connections
    }

    package var port: Int { channel.localAddress?.port ?? 0 }

    /// Connections since the start.
    package var connectionsTaken: Int { connections.taken.withLock { $0 } }

    package func close() async {
        try? await channel.close()
        await closeConnections()
    }

    /// Ends the connections, and goes on listening.
    package func closeConnections() async {
        for channel in connections.open.withLock({ Array($0.values) }) { try? await channel.close() }
    }
}

extension Channel {
    /// Ends the connection with a reset instead of an orderly end.
    package func reset() {
        let closed = eventLoop.makePromise(of: Void.self)
        (self as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            .whenComplete { _ in self.close(promise: closed) }
    }
}
