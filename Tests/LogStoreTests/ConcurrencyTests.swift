import Synchronization
import Testing

@testable import LogStore

@Suite(.timeLimit(.minutes(5)))
struct ConcurrencyTests {
    @Test func `many who append at once share commits, and each is answered`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sender in 0..<8 {
                group.addTask {
                    for round in 0..<25 {
                        let events = (0..<20).map { SampleEvent(text: "sender \(sender) round \(round) line \($0)") }
                        let answers = try await store.append(IncomingEvents(events), patiently: true)
                        #expect(answers.count == 20)
                    }
                }
            }
            try await group.waitForAll()
        }
        let found = try allEvents(directory)
        #expect(found.count == 4000)
        #expect(Set(found).count == 4000)
        #expect(store.status.commits <= 200)
    }

    @Test func `a reader sees whole commits in their order while the writer goes on`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory) { $0.segmentBytes = 200_000 }
        _ = try await store.append(IncomingEvents([SampleEvent(text: "batch 0 line 0")]))
        let reader = try StoreReader(directory: directory.path)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for round in 1..<60 {
                    _ = try await store.append(
                        IncomingEvents((0..<100).map { SampleEvent(text: "batch \(round) line \($0)") }))
                }
            }
            group.addTask {
                var seen = 0
                while seen < 5901 {
                    let snapshot = try reader.snapshot()
                    #expect(snapshot.problems.isEmpty)
                    let count = snapshot.segments.reduce(0) { $0 + $1.events }
                    #expect(count >= seen && count % 100 == 1)
                    #expect(try events(snapshot).count == count)
                    seen = count
                    await Task.yield()
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a snapshot stays as it was`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        _ = try await store.append(IncomingEvents((0..<300).map { SampleEvent(text: "early \($0)") }))
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        _ = try await store.append(IncomingEvents((0..<900).map { SampleEvent(text: "late \($0)") }))
        #expect(try events(snapshot).count == 300)
        #expect(try allEvents(directory).count == 1200)
    }

    @Test func `a full queue is refused unless the caller is patient`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory) { $0.queueBytes = 1000 }
        let answers = Mutex<[StoreError.Code?]>([])
        let batch = IncomingEvents((0..<500).map { SampleEvent(text: "line \($0)") })
        let signal = AsyncStream.makeStream(of: Void.self)
        for index in 0..<40 {
            store.submit(batch, patiently: index % 10 == 0) { result in
                answers.withLock { answers in
                    if case .failure(let error) = result { answers.append(error.code) } else { answers.append(nil) }
                    if answers.count == 40 { signal.continuation.finish() }
                }
            }
        }
        for await _ in signal.stream {}
        let codes = answers.withLock { $0 }
        #expect(codes.contains(.overloaded))
        #expect(codes.allSatisfy { $0 == nil || $0 == .overloaded })
        let stored = codes.count { $0 == nil }
        #expect(stored >= 4)
        #expect(try allEvents(directory).count == stored * 500)
        #expect(store.status.queueBytes == 0)
    }

    @Test func `one process alone writes, and a closed store takes nothing`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let error = #expect(throws: StoreError.self) { _ = try openStore(directory) }
        #expect(error?.code == .locked)
        await store.close()
        let refusal = await #expect(throws: StoreError.self) { _ = try await store.append(IncomingEvents(["{}"])) }
        #expect(refusal?.code == .closed)
    }

    @Test func `a reader says when there is no store`() throws {
        let error = #expect(throws: StoreError.self) { _ = try StoreReader(directory: "/nonexistent/needletail") }
        #expect(error?.code == .notFound)
    }
}
