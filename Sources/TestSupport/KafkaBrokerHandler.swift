import NIOCore
import Synchronization

/// A connection of the broker's: takes requests apart and answers them in their order.
final class KafkaBrokerHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let longestRequest = 100 << 20
    private let broker: KafkaBroker
    private let channel: any Channel
    private var input = ByteBuffer()
    private var login: KafkaSASL.Exchange?
    private var isLoggedIn: Bool

    init(_ broker: KafkaBroker, _ channel: any Channel) {
        self.broker = broker
        self.channel = channel
        isLoggedIn = broker.sasl == nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var part = unwrapInboundIn(data)
        input.writeBuffer(&part)
        while let length = input.getInteger(at: input.readerIndex, as: Int32.self) {
            guard (0...KafkaBrokerHandler.longestRequest).contains(Int(length)) else { return channel.reset() }
            guard input.readableBytes >= 4 + Int(length) else { break }
            input.moveReaderIndex(forwardBy: 4)
            let request = input.readBytes(length: Int(length)) ?? []
            guard let answer = try? answer(to: request) else { return channel.reset() }
            if answer.isEmpty { continue }
            var output = context.channel.allocator.buffer(capacity: answer.count + 4)
            output.writeInteger(Int32(answer.count))
            output.writeBytes(answer)
            context.writeAndFlush(wrapOutboundOut(output), promise: nil)
        }
        input.discardReadBytes()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    /// Empty: there is none to this request.
    private func answer(to request: [UInt8]) throws -> [UInt8] {
        var reader = KafkaWireReader(request)
        let (key, version, correlation) = try (Int(reader.int16()), Int(reader.int16()), Int(reader.int32()))
        _ = try reader.string()
        guard let kind = KafkaRequestKind(rawValue: key) else { throw KafkaWireError() }
        broker.state.withLock { $0.requests[kind, default: 0] += 1 }
        var writer = KafkaWireWriter()
        writer.int32(correlation)
        switch kind {
        case .versions: broker.versions(version, &writer)
        case .saslHandshake:
            let mechanism = try reader.string() ?? ""
            login = broker.sasl?.begin(mechanism)
            writer.int16(login == nil ? KafkaSASL.unsupported : 0)
            writer.array(broker.sasl.map { [$0.mechanism] } ?? []) { $0.string($1) }
        case .saslAuthenticate: try authenticate(&reader, version, &writer)
        case _ where !isLoggedIn: throw KafkaWireError()
        case .metadata: try broker.metadata(&reader, version, &writer)
        case .producerID: broker.producerID(&writer)
        case .configs: try broker.configs(&reader, version, &writer)
        case .produce: return try broker.produce(&reader, version, &writer) ? writer.bytes : []
        case .fetch: throw KafkaWireError()
        }
        return writer.bytes
    }

    private func authenticate(_ reader: inout KafkaWireReader, _ version: Int, _ writer: inout KafkaWireWriter) throws {
        let answer = login?.step(try reader.block() ?? []) ?? .refused
        switch answer {
        case .refused:
            writer.int16(KafkaSASL.failed)
            writer.string("Authentication failed: Invalid username or password")
            writer.block([])
        case .goOn(let bytes), .done(_, let bytes):
            writer.int16(0)
            writer.string(nil)
            writer.block(bytes)
        }
        if version >= 1 { writer.int64(0) }
        if case .done(let user, _) = answer {
            isLoggedIn = true
            let extensions = login?.extensions ?? []
            broker.state.withLock { state in
                state.users.append(user)
                state.extensions = extensions
            }
        }
    }
}
