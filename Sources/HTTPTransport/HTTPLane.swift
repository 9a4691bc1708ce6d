import AsyncHTTPClient
import EventModel
import Glibc
import Logging
import NIOCore
import NIOHTTP1
package import Publishing

/// One ordered stream of requests: the next body is made when the answer to the last one is in.
package final class HTTPLane<Wire: HTTPWire>: OutputLane, @unchecked Sendable {
    // Safety: all that can change is touched on `loop` only; the methods of `OutputLane` hop there.
    private let wire: Wire
    private let context: HTTPContext
    private let loop: any EventLoop
    private let home: Int
    private var hostIndex: Int
    private var awaySince = NIODeadline.uptimeNanoseconds(0)
    private var body: Wire.Body?
    private var work: HTTPWork?
    private var closed = false

    package init(_ index: Int, _ wire: Wire, _ context: HTTPContext) {
        self.wire = wire
        self.context = context
        loop = context.client.eventLoopGroup.next()
        home = context.settings.loadBalance ? index % context.hosts.count : 0
        hostIndex = home
    }

    package func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        loop.execute { self.start(delivery, reply) }
    }

    package func close() {
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
        work = HTTPWork(
            reply: reply, progress: DeliveryProgress(count: delivery.events.count),
            encoder: DeliveryEncoder(
                delivery.batch, delivery.events, counters: delivery.attempt == 0 ? context.counters : nil))
        goHome()
        sendNext()
    }

    /// Asks what must be known of the host; then builds and sends the next request of the delivery, or replies when
    /// there is none.
    private func sendNext() {
        guard var work, let range = work.progress.next else { return answer(failure: nil) }
        if let question = wire.question(for: host) { return ask(question) }
        // The encoder and the buffers are taken out for the time of the call, so that nothing is copied.
        self.work = nil
        do {
            var body = try self.body ?? wire.makeBody()
            self.body = nil
            let part = body.build(&work.encoder, range, limit: host.bodyLimit)
            work.progress.take(part)
            let bytes = work.progress.sent > 0 ? body.wireBytes() : nil
            self.body = body
            self.work = work
            guard let bytes else {
                self.work?.progress.delivered()
                return sendNext()
            }
            try post(bytes)
        } catch {
            self.work = self.work ?? work
            answer(failure: Reply.Failure(error, endpoint: host.url.endpoint))
        }
    }

    // MARK: Requests

    private func post(_ bytes: ByteBuffer) throws {
        let request = try HTTPClient.Request(
            url: host.url.url, method: context.method, headers: context.headers, body: .byteBuffer(bytes))
        execute(request) { self.judge($0) }
    }

    private func ask(_ question: HTTPQuestion) {
        let host = host
        do {
            let request = try HTTPClient.Request(
                url: host.url.at(question.target).url, method: .GET, headers: context.bareHeaders)
            execute(request) { answer in
                if let failure = self.wire.learn(answer, to: question, from: host) {
                    self.leaveHost()
                    return self.answer(failure: failure)
                }
                self.sendNext()
            }
        } catch {
            answer(failure: Reply.Failure(error, endpoint: host.url.endpoint))
        }
    }

    private func execute(_ request: HTTPClient.Request, _ then: @escaping (HTTPAnswer) -> Void) {
        work?.request += 1
        let number = work?.request
        let then = NIOLoopBound(then, eventLoop: loop)
        let task = context.client.execute(
            request: request, delegate: AnswerCollector(keeping: wire.answerBytes),
            eventLoop: .delegateAndChannel(on: loop),
            deadline: .now() + HTTPContext.amount(context.settings.timeout), logger: nil)
        work?.task = task
        task.futureResult.hop(to: loop).whenComplete { result in
            // After a close the reply has been given.
            guard let work = self.work, work.request == number else { return }
            self.work?.task = nil
            switch result {
            case .success(let answer): then.value(answer)
            case .failure(let error as AnswerCollector.TooLong): then.value(error.answer)
            case .failure(let error):
                let failure = Reply.Failure(error, endpoint: self.host.url.endpoint)
                self.leaveHost()
                self.answer(failure: failure)
            }
        }
    }

    // MARK: Answers

    private func judge(_ answer: HTTPAnswer) {
        guard let body, let count = work?.progress.sent else { return }
        switch wire.judge(answer, to: body, count: count, from: host, now: Int64(time(nil))) {
        case .delivered: work?.progress.delivered()
        case .each(let verdicts, let reasons, let failure, let after):
            work?.progress.judged(verdicts, reasons: reasons)
            if failure != nil || verdicts.count < count {
                return self.answer(
                    failure: failure ?? Reply.Failure(.protocolError, "\(host.url.endpoint) did not name all events"),
                    after: after)
            }
        case .retry(let failure, let after, let leavesHost):
            if leavesHost { leaveHost() }
            return self.answer(failure: failure, after: after)
        case .tooLarge(let rejection): tooLarge(rejection, bytes: body.plainBytes)
        case .narrow(let rejection):
            if work?.progress.narrow() != true { work?.progress.rejected(rejection) }
        case .rejected(let rejection): work?.progress.rejected(rejection)
        }
        sendNext()
    }

    private func tooLarge(_ rejection: Reply.Rejection, bytes: Int) {
        guard let count = work?.progress.sent, count > 1 else {
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

    // MARK: Hosts

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

/// The delivery that is on its way.
private struct HTTPWork {
    let reply: @Sendable (Reply) -> Void
    var progress: DeliveryProgress
    var encoder: DeliveryEncoder
    var request = 0
    var task: HTTPClient.Task<HTTPAnswer>?
}
