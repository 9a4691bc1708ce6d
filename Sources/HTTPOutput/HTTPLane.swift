import AsyncHTTPClient
import EventModel
import Glibc
import Logging
import NIOCore
import NIOHTTP1
import Publishing

/// One ordered stream of requests: the next body is made when the answer to the last one is in.
final class HTTPLane: OutputLane, @unchecked Sendable {
    // Safety: all that can change is touched on `loop` only; the methods of `OutputLane` hop there.
    private let context: HTTPOutput.Context
    private let loop: any EventLoop
    private let home: Int
    private var hostIndex: Int
    private var awaySince = NIODeadline.uptimeNanoseconds(0)
    private var body: BodyBuilder?
    private var work: Work?
    private var closed = false

    /// The delivery that is on its way.
    private struct Work {
        let delivery: Delivery
        let reply: @Sendable (Reply) -> Void
        var progress: DeliveryProgress
        var encoder: DeliveryEncoder
        var request = 0
        var task: HTTPClient.Task<HTTPAnswer>?
    }

    init(_ index: Int, _ context: HTTPOutput.Context) {
        self.context = context
        loop = context.client.eventLoopGroup.next()
        home = context.settings.loadBalance ? index % context.hosts.count : 0
        hostIndex = home
    }

    func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        loop.execute { self.start(delivery, reply) }
    }

    func close() {
        loop.execute {
            self.closed = true
            let task = self.work?.task
            self.answer(failure: Reply.Failure(.shutdown, "the output is closed"))
            task?.cancel()
        }
    }

    private var host: HTTPHost { context.hosts[hostIndex] }

    private func start(_ delivery: Delivery, _ reply: @escaping @Sendable (Reply) -> Void) {
        guard !closed else { return reply(.retry(Reply.Failure(.shutdown, "the output is closed"))) }
        precondition(work == nil, "the window of an HTTP lane is one delivery")
        work = Work(
            delivery: delivery, reply: reply, progress: DeliveryProgress(count: delivery.events.count),
            encoder: DeliveryEncoder(
                delivery.batch, delivery.events, counters: delivery.attempt == 0 ? context.counters : nil))
        goHome()
        sendNext()
    }

    /// Builds and sends the next request of the delivery, or replies when there is none.
    private func sendNext() {
        guard var work, let range = work.progress.next else { return answer(failure: nil) }
        // The encoder and the buffers are taken out for the time of the call, so that nothing is copied.
        self.work = nil
        do {
            var body =
                try self.body
                ?? BodyBuilder(
                    format: context.settings.format, level: context.settings.compressionLevel)
            self.body = nil
            let taken = body.build(&work.encoder, range, limit: host.bodyLimit)
            work.progress.take(taken)
            work.request += 1
            let wire = body.wireBytes()
            self.body = body
            self.work = work
            try post(wire, number: work.request)
        } catch {
            self.work = work
            answer(failure: Reply.Failure(error, endpoint: host.url.endpoint))
        }
    }

    private func post(_ wire: ByteBuffer, number: Int) throws {
        let request = try HTTPClient.Request(
            url: host.url.url, method: context.method, headers: context.headers, body: .byteBuffer(wire))
        let task = context.client.execute(
            request: request, delegate: AnswerCollector(), eventLoop: .delegateAndChannel(on: loop),
            deadline: .now() + HTTPOutput.amount(context.settings.timeout), logger: nil)
        work?.task = task
        task.futureResult.hop(to: loop).whenComplete { result in
            // After a close the reply has been given.
            guard let work = self.work, work.request == number else { return }
            self.finished(result)
        }
    }

    private func finished(_ result: Result<HTTPAnswer, any Error>) {
        work?.task = nil
        switch result {
        case .success(let answer): apply(answer)
        case .failure(let error as AnswerCollector.TooLong): apply(error.answer)
        case .failure(let error):
            let failure = Reply.Failure(error, endpoint: host.url.endpoint)
            leaveHost()
            answer(failure: failure)
        }
    }

    private func apply(_ answer: HTTPAnswer) {
        switch AnswerRule(answer, from: host.url.endpoint, now: Int64(time(nil))) {
        case .delivered: work?.progress.delivered()
        case .retry(let failure, let after):
            if answer.status >= 500 { leaveHost() }
            return self.answer(failure: failure, after: after)
        case .tooLarge(let rejection): tooLarge(rejection)
        case .narrow(let rejection):
            if work?.progress.narrow() != true { work?.progress.rejected(rejection) }
        case .rejected(let rejection): work?.progress.rejected(rejection)
        }
        sendNext()
    }

    private func tooLarge(_ rejection: Reply.Rejection) {
        guard let count = work?.progress.currentCount, count > 1, let bytes = body?.plainBytes else {
            work?.progress.rejected(rejection)
            return
        }
        host.refused(bytes: bytes)
        context.logger.notice(
            "server takes smaller bodies only",
            metadata: ["output.endpoint": "\(host.url.endpoint)", "limit.bytes": "\(host.bodyLimit)"])
        work?.progress.again()
    }

    private func answer(failure: Reply.Failure?, after: Duration? = nil) {
        guard let work else { return }
        self.work = nil
        work.reply(work.progress.reply(failure: failure, after: after))
    }

    private func leaveHost() {
        guard context.hosts.count > 1 else { return }
        if hostIndex == home { awaySince = .now() }
        hostIndex = (hostIndex + 1) % context.hosts.count
    }

    private func goHome() {
        guard context.settings.loadBalance, hostIndex != home, .now() - awaySince > .seconds(60) else { return }
        awaySince = .now()
        hostIndex = home
    }
}
