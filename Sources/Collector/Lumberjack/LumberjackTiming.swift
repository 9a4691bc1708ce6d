import LumberjackCodec
import NIOCore

/// When a connection is told that the collector lives, and when it is given up.
struct LumberjackTiming: Sendable {
    /// Keep-alives while the store is slow. Filebeat gives up after 30 s without a word.
    var keepAlive = TimeAmount.seconds(5)
    var stall: TimeAmount
    var idle: TimeAmount
}

/// What a connection remembers between two looks at the clock.
struct LumberjackWatch {
    /// Bytes of the client since the last look.
    var received = 0
    /// It was us who did not read, at least for a while.
    var wasPaused = false
    var awaitsHandshake = false
    var lastAction = NIODeadline.now()
}

extension LumberjackConnection {
    func startTimers(_ context: ChannelHandlerContext) {
        let own = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let keepAlive = context.eventLoop.scheduleRepeatedTask(
            initialDelay: timing.keepAlive, delay: timing.keepAlive
        ) { _ in
            let (connection, context) = own.value
            guard connection.storing != nil else { return }
            let bytes = ByteBuffer(bytes: LumberjackFrame.acknowledgement(0))
            context.writeAndFlush(connection.wrapOutboundOut(bytes), promise: nil)
        }
        let look = context.eventLoop.scheduleRepeatedTask(initialDelay: timing.stall, delay: timing.stall) { _ in
            own.value.0.look(own.value.1)
        }
        context.channel.closeFuture.whenComplete { _ in
            keepAlive.cancel()
            look.cancel()
        }
    }

    /// A client in the middle of something must have sent something since the last look.
    private func look(_ context: ChannelHandlerContext) {
        defer {
            watch.received = 0
            watch.wasPaused = false
        }
        if watch.received > 0 { watch.lastAction = .now() }
        guard storing == nil else { return }
        if watch.awaitsHandshake { return shutOut("it did not complete the TLS handshake", context) }
        if reader.isBusy {
            if watch.received == 0, !watch.wasPaused { shutOut("it stopped in the middle of a window", context) }
        } else if .now() - watch.lastAction >= timing.idle {
            context.close(promise: nil)
        }
    }
}
