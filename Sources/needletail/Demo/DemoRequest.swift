/// One request of a shopper on its way through the services, and the lines that they write about it.
struct DemoRequest {
    private(set) var lines: [DemoLine] = []
    let traceID: String
    private let begin: Int64
    private var random: DemoRandom
    private let requestID: String
    /// Milliseconds since the request came.
    private var clock = 0.0
    private var spans: [Span] = []

    private struct Span {
        var service: DemoService
        var id: String
        var parent: String?
        var begin: Double
    }

    /// - Parameter trouble: 0 to 1, how likely the card issuer declines or is slow.
    static func make(at time: Int64, trouble: Double, _ random: inout DemoRandom) -> DemoRequest {
        var request = DemoRequest(at: time, &random)
        if random.chance(0.62) { request.checkout(trouble: trouble) } else { request.browse() }
        return request
    }

    private init(at time: Int64, _ random: inout DemoRandom) {
        begin = time
        traceID = random.hex(32)
        requestID = "req-" + random.hex(10)
        self.random = DemoRandom(seed: random.next())
    }

    /// Whether something went wrong on the way: the trace to look at first.
    var hasError: Bool { lines.contains { $0.level == .error } }

    // MARK: What happens

    private mutating func browse() {
        let path = random.pick([
            "/products", "/products/4711", "/products/1138", "/cart", "/search?q=boots", "/search?q=rain+coat",
        ])
        enter(.gateway)
        say(.debug, "gateway/server.go:87", "request started", [text("method", "GET"), text("path", path)])
        if path == "/cart" || random.chance(0.3) {
            wait(2)
            enter(.checkout)
            say(.info, "cart/store.go:52", "cart loaded", [number("items", 1 + Int(random.next() % 5)), user])
            wait(5)
            leave()
        }
        wait(14)
        let status = random.chance(0.04) ? 404 : 200
        complete("GET", path, status)
        leave()
    }

    private mutating func checkout(trouble: Double) {
        let cents = 900 + Int(random.next() % 24_000)
        let order = "ord-" + random.hex(8)
        enter(.gateway)
        say(.info, "gateway/server.go:87", "request started", [text("method", "POST"), text("path", "/checkout")])
        wait(3)
        enter(.checkout)
        say(
            .info, "cart/store.go:52", "cart loaded",
            [number("items", 1 + Int(random.next() % 5)), text("order_id", order), user])
        wait(6)
        if random.chance(0.4) {
            say(
                .debug, "pricing/rules.go:131", "price recalculated",
                [number("amount_cents", cents), text("order_id", order)])
            wait(4)
        }
        let isPaid = pay(cents: cents, order: order, trouble: trouble)
        wait(3)
        switch isPaid {
        case true?:
            say(
                .info, "order/service.go:208", "order accepted",
                [text("order_id", order), number("amount_cents", cents)])
        case false?:
            say(
                .error, "order/service.go:221", "card declined",
                [text("order_id", order), text("error", "payments: 402 card_declined")])
        case nil:
            say(
                .error, "order/service.go:236", "payment timed out",
                [text("order_id", order), text("error", "context deadline exceeded")])
        }
        wait(2)
        leave()
        complete("POST", "/checkout", isPaid.map { $0 ? 201 : 402 } ?? 504)
        leave()
    }

    /// - Returns: paid, declined, or nil for no answer in time.
    private mutating func pay(cents: Int, order: String, trouble: Double) -> Bool? {
        wait(2)
        enter(.payments)
        defer { leave() }
        let card = random.pick(["visa", "mastercard", "amex"])
        say(
            .info, "", "charge requested", [number("amount_cents", cents), text("card", card), text("order_id", order)])
        wait(85)
        if random.chance(0.03 + trouble * 0.45) {
            wait(260)
            say(
                .warning, "", "issuer is slow, trying again",
                [number("attempt", 2), text("issuer", random.pick(["northbank", "acme"]))])
            wait(420)
            if random.chance(0.12 + trouble * 0.3) {
                wait(1400)
                say(
                    .error, "", "issuer does not answer",
                    [number("attempt", 3), text("error", "dial tcp 10.0.4.17:443: i/o timeout")])
                return nil
            }
        }
        if random.chance(0.03 + trouble * 0.35) {
            say(
                .error, "", "charge declined by issuer",
                [
                    text("code", random.pick(["insufficient_funds", "do_not_honor", "expired_card"])),
                    text("order_id", order),
                ])
            return false
        }
        say(.info, "", "charge authorised", [number("amount_cents", cents), text("charge_id", "ch_" + random.hex(12))])
        return true
    }

    private mutating func complete(_ method: String, _ path: String, _ status: Int) {
        let level: DemoLevel = status >= 500 ? .error : status >= 400 ? .warning : .info
        say(
            level, "gateway/server.go:112", status == 504 ? "upstream timed out" : "request completed",
            [
                text("method", method), text("path", path), number("status", status),
                .init(name: "elapsed_ms", value: .decimal((clock * 1000).rounded() / 1000)),
            ])
    }

    // MARK: How it is told

    private mutating func enter(_ service: DemoService) {
        spans.append(Span(service: service, id: random.hex(16), parent: spans.last?.id, begin: clock))
    }

    private mutating func leave() { spans.removeLast() }

    private mutating func wait(_ typical: Double) { clock += random.latency(typical) }

    private mutating func say(
        _ level: DemoLevel, _ caller: String, _ message: String, _ fields: [DemoLine.Field]
    ) {
        guard let span = spans.last else { return }
        var all = [text("trace_id", traceID), text("span_id", span.id)]
        if let parent = span.parent { all.append(text("parent_span_id", parent)) }
        if span.service == .gateway { all.append(text("request_id", requestID)) }
        lines.append(
            DemoLine(
                time: begin + Int64(clock * 1e6), service: span.service, level: level, caller: caller,
                message: message, fields: all + fields))
        clock += 0.05 + random.fraction() * 0.2
    }

    private var user: DemoLine.Field { text("user_id", "u-" + String(traceID.prefix(5))) }

    private func text(_ name: String, _ value: String) -> DemoLine.Field { .init(name: name, value: .text(value)) }
    private func number(_ name: String, _ value: Int) -> DemoLine.Field { .init(name: name, value: .number(value)) }
}
