import LumberjackCodec
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

/// A connection that sends bytes as they are, and reads acknowledgements.
final class FrameClient: Sendable {
    private let channel: any Channel
    private let stream: AsyncStream<UInt32>

    init(port: Int) async throws {
        let (stream, continuation) = AsyncStream.makeStream(of: UInt32.self)
        let box = AcknowledgementBox(continuation)
        channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcknowledgementHandler(box))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        self.stream = stream
        self.box = box
    }

    private let box: AcknowledgementBox

    func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)) }

    /// Sends without waiting for the kernel to take it.
    func begin(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// All that came.
    var received: [UInt32] { box.all }

    func acknowledgements(_ count: Int) async throws -> [UInt32] {
        var found: [UInt32] = []
        for await sequence in stream {
            found.append(sequence)
            if found.count == count { return found }
        }
        throw ConnectionEnded(got: found)
    }

    /// The first one that fits.
    func acknowledgement(_ fits: (UInt32) -> Bool) async throws -> UInt32 {
        for await sequence in stream where fits(sequence) { return sequence }
        throw ConnectionEnded(got: [])
    }

    struct ConnectionEnded: Error { var got: [UInt32] }

    /// Waits for the server to end the connection.
    func isClosed() async throws -> Bool {
        try await channel.closeFuture.get()
        return true
    }

    func close() async { try? await channel.close() }
}

private final class AcknowledgementBox: Sendable {
    let continuation: AsyncStream<UInt32>.Continuation
    private let state = Mutex<[UInt32]>([])
    init(_ continuation: AsyncStream<UInt32>.Continuation) { self.continuation = continuation }
    var all: [UInt32] { state.withLock { $0 } }
    func take(_ sequence: UInt32) {
        state.withLock { $0.append(sequence) }
        continuation.yield(sequence)
    }
}

private final class AcknowledgementHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let box: AcknowledgementBox
    private var bytes = ByteBuffer()

    init(_ box: AcknowledgementBox) { self.box = box }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        bytes.writeBuffer(&part)
        while bytes.readableBytes >= LumberjackFrame.acknowledgementBytes {
            bytes.moveReaderIndex(forwardBy: 2)
            if let sequence = bytes.readInteger(as: UInt32.self) { box.take(sequence) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) { box.continuation.finish() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
