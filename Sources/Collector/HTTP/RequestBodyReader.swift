import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Synchronization

/// A body in memory, and the part of the budget that it has taken.
final class HeldBody: Sendable {
    private let budget: IntakeBudget
    private let state = Mutex((bytes: [UInt8](), taken: 0))

    init(_ budget: IntakeBudget) { self.budget = budget }

    deinit {
        let taken = state.withLock { $0.taken }
        if taken > 0 { budget.give(taken) }
    }

    var count: Int { state.withLock { $0.bytes.count } }

    /// Adds bytes that `fill` writes.
    /// - Throws: 413 beyond the limit, 429 without room.
    func grow<Result>(limit: Int, _ fill: (inout [UInt8]) throws -> Result) throws -> Result {
        try state.withLock { state in
            let before = state.bytes.count
            let result = try fill(&state.bytes)
            guard state.bytes.count <= limit else { throw RequestFailure.tooLarge(limit) }
            guard budget.tryTake(state.bytes.count - before) else {
                var failure = RequestFailure.overloaded
                failure.closes = true
                throw failure
            }
            state.taken += state.bytes.count - before
            return result
        }
    }

    /// What was made of the bytes takes their place in the budget.
    /// - Throws: 429 when it is larger and there is no room.
    func recharge(_ bytes: Int) throws(RequestFailure) {
        let isTaken = state.withLock { state in
            let more = bytes - state.taken
            guard more <= 0 || budget.tryTake(more) else { return false }
            if more < 0 { budget.give(-more) }
            state.taken = bytes
            return true
        }
        guard isTaken else { throw RequestFailure.overloaded }
    }

    /// The bytes, once; what they took of the budget is given back with this object.
    func takeBytes() -> [UInt8] {
        state.withLock { state in
            defer { state.bytes = [] }
            return state.bytes
        }
    }
}

/// Takes in the body of a request: decompressed, bounded before memory is taken, and not slower than a client may be.
struct RequestBodyReader: Sendable {
    let intake: Intake
    let limit: Int
    let stallTimeout: Duration

    private enum Coding { case identity, compressed }

    func read(_ request: Request, _ context: CollectorContext) async throws -> HeldBody {
        let coding = try coding(request)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw RequestFailure.tooLarge(limit)
        }
        let body = HeldBody(intake.budget)
        let watch = SlowBodyWatch(context.channel, every: stallTimeout) {
            intake.log.warning(
                "An HTTP client was shut out",
                ["client.address": "\(context.clientAddress)", "reason": "its request does not go on"])
        }
        defer { watch.stop() }
        do {
            switch coding {
            case .identity:
                for try await part in request.body {
                    watch.received(part.readableBytes)
                    try body.grow(limit: limit) { $0.append(contentsOf: part.readableBytesView) }
                }
            case .compressed: try await inflate(request, body, watch)
            }
        } catch let failure as RequestFailure {
            throw failure
        } catch {
            throw RequestFailure.badRequest("the request ended before its body did")
        }
        return body
    }

    private func coding(_ request: Request) throws -> Coding {
        let codings = request.headers[values: .contentEncoding].joined(separator: ",").lowercased()
        switch codings.filter({ $0 != " " }) {
        case "", "identity": return .identity
        case "gzip", "x-gzip", "deflate": return .compressed
        default:
            var failure = RequestFailure(415, "illegal_argument_exception", "Content-Encoding may be gzip or deflate")
            failure.closes = true
            throw failure
        }
    }

    private func inflate(_ request: Request, _ body: HeldBody, _ watch: SlowBodyWatch) async throws {
        let inflater = InflateStream(.gzipOrZlib)
        var hasBegun = false
        for try await part in request.body {
            watch.received(part.readableBytes)
            var rest = part
            while rest.readableBytes > 0 {
                // What follows a stream is another one (RFC 1952, section 2.2).
                if inflater.isAtEnd { inflater.reset() }
                hasBegun = true
                try step(inflater, &rest, body)
            }
        }
        guard !hasBegun || inflater.isAtEnd else {
            throw RequestFailure.badRequest("the compressed body ends too early")
        }
    }

    /// Inflates what `rest` holds until it is empty or the stream ends.
    private func step(_ inflater: InflateStream, _ rest: inout ByteBuffer, _ body: HeldBody) throws {
        while !inflater.isAtEnd {
            let step = try body.grow(limit: limit) { bytes in
                do {
                    return try unsafe rest.withUnsafeReadableBytes { input in
                        try unsafe inflater.step(input.assumingMemoryBound(to: UInt8.self), to: &bytes)
                    }
                } catch {
                    throw RequestFailure.badRequest("the body is not compressed as its Content-Encoding says")
                }
            }
            rest.moveReaderIndex(forwardBy: step.taken)
            if step.taken == 0 && step.made == 0 { return }
        }
    }
}
