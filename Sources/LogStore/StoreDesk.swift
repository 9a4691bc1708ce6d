import SystemTools
import Synchronization

/// What the store's callers and its writer share.
final class StoreDesk: Sendable {
    /// Events that wait for their commit, and who wants to know of it.
    struct Request: Sendable {
        let events: IncomingEvents
        let done: @Sendable (Result<[StoredAs], StoreError>) -> Void
    }

    struct State: Sendable {
        var queue: [Request] = []
        var queuedBytes = 0
        var isStopping = false
        var isClosed = false
        var onClosed: [@Sendable () -> Void] = []
        var status = StoreStatus()
    }

    /// Most bytes of events that one commit takes, if more than one request waits.
    static let commitBytes = 8 << 20

    let monitor = Monitor(State())
    let commits = CommitSignal()
    let queueLimit: Int

    init(queueLimit: Int) { self.queueLimit = queueLimit }

    /// - Parameter isPatient: the queue takes the request however full it is, because the caller gives no other before
    ///   this one is done.
    func submit(_ request: Request, isPatient: Bool) {
        let bytes = request.events.bytes.count
        let refusal: StoreError? = monitor.change { state in
            guard !state.isStopping else {
                return (StoreError(.closed, "the store is being closed", path: ""), wake: false)
            }
            guard isPatient || state.queue.isEmpty || state.queuedBytes + bytes <= queueLimit else {
                return (
                    StoreError(.overloaded, "too many events wait to be written; try again later", path: ""),
                    wake: false
                )
            }
            state.queue.append(request)
            state.queuedBytes += bytes
            return (nil, wake: state.queue.count == 1)
        }
        if let refusal { request.done(.failure(refusal)) }
    }

    enum Order {
        case store([Request])
        /// Nothing came until the time that was named.
        case look
        case stop
    }

    /// Blocks the writer until there is something to do.
    func next(until time: Int64?) -> Order {
        monitor.wait { state in
            if !state.queue.isEmpty { return .done(.store(StoreDesk.take(&state))) }
            if state.isStopping { return .done(.stop) }
            if let time, Clocks.monotonic >= time { return .done(.look) }
            return .wait(until: time)
        }
    }

    private static func take(_ state: inout State) -> [Request] {
        var bytes = 0
        var count = 0
        for request in state.queue {
            if count > 0, bytes + request.events.bytes.count > commitBytes { break }
            bytes += request.events.bytes.count
            count += 1
        }
        let taken = Array(state.queue.prefix(count))
        state.queue.removeFirst(count)
        return taken
    }

    /// Called when the commit is done, before its requests are answered.
    func settle(_ requests: [Request], _ change: (inout StoreStatus) -> Void) {
        monitor.withLock { state in
            state.queuedBytes -= requests.reduce(0) { $0 + $1.events.bytes.count }
            change(&state.status)
        }
    }
}

/// Tells whoever waits that there are new events: the sequence number of the next event, after each commit.
final class CommitSignal: Sendable {
    private struct State: Sendable {
        var listeners: [UInt64: AsyncStream<Int64>.Continuation] = [:]
        var nextID: UInt64 = 0
        var last: Int64 = 0
    }

    private let state = Mutex(State())

    var current: Int64 { state.withLock { $0.last } }

    func send(_ value: Int64) {
        let listeners = state.withLock { state in
            state.last = value
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.yield(value) }
    }

    func finish() {
        let listeners = state.withLock { state in
            defer { state.listeners = [:] }
            return Array(state.listeners.values)
        }
        for listener in listeners { listener.finish() }
    }

    /// The last value at once, then each later one; one that was not fetched in time gives way to the next.
    func values() -> AsyncStream<Int64> {
        let (stream, continuation) = AsyncStream.makeStream(of: Int64.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            let id = state.nextID
            state.nextID += 1
            state.listeners[id] = continuation
            continuation.yield(state.last)
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.listeners.removeValue(forKey: id) }
            }
        }
        return stream
    }
}
