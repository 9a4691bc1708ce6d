import LogStore
import Synchronization

@testable import Collector

/// A store in memory that answers when a test lets it.
final class MemorySink: EventSink {
    private struct State {
        var events: [String] = []
        var ids: Set<String> = []
        var explicitIDs: [String?] = []
        var appends = 0
        var failures: [StoreError.Code] = []
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
        var watchers: [(count: Int, signal: AsyncStream<Never>.Continuation)] = []
    }
    private let state = Mutex(State())
    private let eventLimit: Int

    init(eventLimit: Int = .max) { self.eventLimit = eventLimit }

    /// The events in the order in which they came.
    var events: [String] { state.withLock { $0.events } }
    var explicitIDs: [String?] { state.withLock { $0.explicitIDs } }
    var appends: Int { state.withLock { $0.appends } }
    /// Calls that wait for `release`.
    var waiting: Int { state.withLock { $0.held.count } }

    /// The next calls fail with these.
    func fail(with codes: [StoreError.Code]) { state.withLock { $0.failures = codes } }

    /// Calls wait until `release`.
    func hold() { state.withLock { $0.isHeld = true } }

    func release() {
        let held = state.withLock { state in
            state.isHeld = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    /// Returns once so many calls have come, or when the test has taken too long.
    func appended(_ count: Int) async {
        let (stream, signal) = AsyncStream.makeStream(of: Never.self)
        state.withLock { state in
            if state.appends < count { state.watchers.append((count, signal)) } else { signal.finish() }
        }
        for await _ in stream {}
    }

    func append(_ events: IncomingEvents, patiently: Bool) async throws(StoreError) -> [StoredAs] {
        let (failure, ready) = state.withLock { state in
            state.appends += 1
            let ready = state.watchers.filter { $0.count <= state.appends }
            state.watchers.removeAll { $0.count <= state.appends }
            return (state.failures.isEmpty ? nil : state.failures.removeFirst(), ready)
        }
        for watcher in ready { watcher.signal.finish() }
        if let failure { throw StoreError(failure, "as the test wants it", path: "/test") }
        await withCheckedContinuation { continuation in
            let isHeld = state.withLock { state in
                if state.isHeld { state.held.append(continuation) }
                return state.isHeld
            }
            if !isHeld { continuation.resume() }
        }
        return state.withLock { state in (0..<events.count).map { take(events, $0, &state) } }
    }

    private func take(_ events: IncomingEvents, _ index: Int, _ state: inout State) -> StoredAs {
        let start = index == 0 ? 0 : events.ends[index - 1]
        let bytes = events.bytes[start..<events.ends[index]]
        if bytes.count > eventLimit { return .tooLarge }
        let id = events.ids?[index]
        if let id, !state.ids.insert(id).inserted { return .duplicate }
        state.events.append(String(decoding: bytes, as: UTF8.self))
        state.explicitIDs.append(id)
        return .stored
    }
}
