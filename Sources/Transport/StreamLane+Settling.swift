package import NIOCore
package import Publishing

/// What comes back, and what happens when it does not.
extension StreamLane {
    package func linkOpened() {
        wire.opened()
        unread.clear()
        clock.progress()
        pump()
        settle()
        watch()
    }

    package func linkWritable() {
        pump()
        settle()
        watch()
    }

    package func linkReceived(_ bytes: inout ByteBuffer) {
        do throws(TransportError) {
            if unread.readableBytes == 0 {
                arrived(try wire.received(&bytes))
                unread = bytes
            } else {
                unread.writeBuffer(&bytes)
                arrived(try wire.received(&unread))
            }
            if unread.readableBytes == 0 { unread = ByteBuffer() }
        } catch {
            link.fail(error.at(link.endpoint).failure)
        }
    }

    package func linkEnding() {
        if wire.isPolled { poll() }
    }

    package func linkLost(_ failure: Reply.Failure) {
        answerAll(failure)
    }

    func poll() {
        guard let acknowledged = link.bytesAcknowledged else { return }
        arrived(wire.polled(acknowledged: acknowledged))
    }

    private func arrived(_ news: Arrival) {
        if news.isProgress { clock.progress() }
        var left = news.events
        for index in queue.indices where left > 0 {
            let taken = min(left, queue[index].feed.sendable - queue[index].acknowledged)
            queue[index].acknowledged += taken
            left -= taken
        }
        settle()
        pump()
        watch()
    }

    /// Answers the deliveries that are done, in order.
    func settle() {
        while let first = queue.first, first.isSettled {
            queue.removeFirst()
            first.reply(first.feed.reply(acknowledged: first.acknowledged, failure: nil, refusal: settings.refusal))
        }
        if queue.isEmpty, pool.hasSpare, !isTrimDue {
            isTrimDue = true
            loop.scheduleTask(in: TimeAmount(settings.spareTime)) { self.trim() }
        }
    }

    /// Frees the buffers of a lane that had nothing to do for a moment.
    private func trim() {
        isTrimDue = false
        if queue.isEmpty { pool.trim() }
    }

    /// Answers everything that is outstanding: what has arrived of the first delivery stays, the rest is sent again.
    func answerAll(_ failure: Reply.Failure) {
        settle()
        lastFailure = failure
        clock.startRound()
        chunks.removeAll(keepingCapacity: true)
        untold = 0
        let failed = queue
        queue.removeAll(keepingCapacity: true)
        gate.failed(failed.count)
        for pending in failed {
            let reply = pending.feed.reply(
                acknowledged: settings.settlesPrefix ? pending.acknowledged : 0, failure: failure,
                refusal: settings.refusal)
            pending.reply(reply)
        }
    }

    // MARK: Time

    /// Sees to it that somebody looks at the clock while something is outstanding.
    func watch() {
        guard !queue.isEmpty, link.phase == .open else { return clock.cancel() }
        let delay = wire.isPolled ? clock.nextPoll : max(settings.timeout - clock.sinceProgress, .milliseconds(1))
        clock.schedule(delay, on: loop) { self.tick() }
    }

    private func tick() {
        clock.fired()
        guard link.phase == .open, !queue.isEmpty else { return }
        if wire.isPolled { poll() }
        guard link.phase == .open, !queue.isEmpty else { return }
        if clock.sinceProgress >= settings.timeout {
            link.fail(
                Reply.Failure(.timeout, "\(link.endpoint): no acknowledgement within \(settings.timeout)"))
        }
        watch()
    }
}
