import LogStore
import Logging
import LumberjackCodec
import NIOCore
import NIOTLS
import Synchronization

/// Sent down the pipeline of a connection when the collector stops.
enum LumberjackEvent: Sendable { case stop, roomAgain }

/// One Lumberjack client: reads windows, stores them, acknowledges them.
///
/// - State: belongs to its event loop. One batch is on its way to the store at a time; what comes in meanwhile is the next
///   one, so that a slow store gets large batches. When that one is full too, or all clients together hold too much,
///   nothing more is read, and the client waits.
/// - Errors: a client that sends nonsense, or stops in the middle of a window, is shut out with a line in the log.
final class LumberjackConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let id: UInt64
    let intake: Intake
    let client: Client
    let timing: LumberjackTiming
    var reader: LumberjackReader
    var batch = LumberjackBatch()
    /// What the batch that is being stored has to acknowledge; nil: none is being stored.
    var storing: (acknowledgements: [UInt32], bytes: Int)?
    /// Bytes that this connection has taken of the budget.
    private var accounted = 0
    private var isWaitingForBytes = false
    var isStopping = false
    private var isClosed = false
    var watch = LumberjackWatch()
    /// Tells the task that stores that nobody waits for it any more.
    private let gone = GoneFlag()

    init(id: UInt64, intake: Intake, client: Client, eventLimit: Int, timing: LumberjackTiming, isSecured: Bool) {
        self.id = id
        self.intake = intake
        self.client = client
        self.timing = timing
        reader = LumberjackReader(eventLimit: eventLimit)
        watch.awaitsHandshake = isSecured
    }

    func channelActive(context: ChannelHandlerContext) {
        intake.counters.connected(.lumberjack)
        intake.agents.connected(client.address)
        startTimers(context)
        pump(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        isClosed = true
        gone.set()
        intake.budget.give(accounted)
        accounted = 0
        intake.budget.release(id)
        intake.counters.disconnected(.lumberjack)
        intake.agents.disconnected(client.address)
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        watch.received += bytes.readableBytes
        unsafe bytes.withUnsafeReadableBytes { unsafe reader.append($0) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isWaitingForBytes = false
        pump(context)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) { pump(context) }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case LumberjackEvent.stop:
            isStopping = true
            pump(context)
        case LumberjackEvent.roomAgain: pump(context)
        case TLSUserEvent.handshakeCompleted: watch.awaitsHandshake = false
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A client that goes without a word is no news.
        if error is IOError { return context.close(promise: nil) }
        shutOut("\(error)", context)
    }

    /// Reads what is there, sends it to the store, asks for more: as far as each of them goes now.
    func pump(_ context: ChannelHandlerContext) {
        guard !isClosed else { return }
        do {
            while true {
                let stop = try reader.read(into: &batch)
                account()
                let wantsMore = stop == .needsInput && !isStopping && context.channel.isWritable
                let mayRead = wantsMore && mayReadOn(context)
                let isDue = stop == .full || batch.hasWholeWindow || !mayRead
                if storing == nil, !batch.isEmpty, isDue {
                    store(context)
                    continue
                }
                if isStopping, storing == nil, batch.isEmpty { return context.close(promise: nil) }
                if mayRead { readOn(context) } else { watch.wasPaused = true }
                return
            }
        } catch {
            shutOut("\(error)", context)
        }
    }

    private func mayReadOn(_ context: ChannelHandlerContext) -> Bool {
        let channel = context.channel
        return intake.budget.mayRead(id) {
            channel.pipeline.fireUserInboundEventTriggered(LumberjackEvent.roomAgain)
        }
    }

    private func readOn(_ context: ChannelHandlerContext) {
        guard !isWaitingForBytes else { return }
        isWaitingForBytes = true
        context.read()
    }

    private func account() {
        let now = reader.heldBytes + batch.events.byteCount + (storing?.bytes ?? 0)
        if now > accounted { intake.budget.take(now - accounted) }
        if now < accounted { intake.budget.give(accounted - now) }
        accounted = now
    }

    func shutOut(_ reason: String, _ context: ChannelHandlerContext) {
        guard !isClosed else { return }
        intake.counters.update(.lumberjack) { $0.failures += 1 }
        intake.log.warning(
            "A Lumberjack client was shut out", ["client.address": "\(client.address)", "reason": "\(reason)"])
        context.close(promise: nil)
    }
}

extension LumberjackConnection {
    /// Sends the batch to the store; what is to be acknowledged waits until it is there.
    private func store(_ context: ChannelHandlerContext) {
        let acknowledgements = batch.acknowledgements
        let (events, wrapped) = batch.events.finish()
        batch = LumberjackBatch()
        storing = (acknowledgements, events.bytes.count)
        account()
        let (intake, client, gone) = (intake, client, gone)
        let answer = context.eventLoop.makeFutureWithTask {
            await LumberjackConnection.store(events, wrapped, intake, client, until: gone)
        }
        answer.assumeIsolated().whenComplete { _ in self.stored(context) }
    }

    /// Tries until it works or the client has gone: what cannot be stored is not acknowledged, and not dropped.
    private static func store(
        _ events: IncomingEvents, _ wrapped: Int, _ intake: Intake, _ client: Client, until gone: GoneFlag
    ) async {
        var pause = Duration.milliseconds(50)
        while !gone.isSet {
            if (try? await intake.store(events, wrapped: wrapped, from: client, patiently: true)) != nil { return }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func stored(_ context: ChannelHandlerContext) {
        guard let storing, !isClosed else { return }
        self.storing = nil
        var bytes = ByteBuffer()
        for sequence in storing.acknowledgements { bytes.writeBytes(LumberjackFrame.acknowledgement(sequence)) }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: nil)
        watch.lastAction = .now()
        account()
        intake.budget.release(id)
        pump(context)
    }
}

/// Set once, on the event loop; read by the task that stores.
private final class GoneFlag: Sendable {
    private let flag = Atomic(false)
    var isSet: Bool { flag.load(ordering: .relaxed) }
    func set() { flag.store(true, ordering: .relaxed) }
}
