import GRDB
import Glibc
import Testing

@testable import LogStore

@Suite(.timeLimit(.minutes(5)))
struct RetentionTests {
    private static func batch(_ number: Int, received: Int64) -> IncomingEvents {
        IncomingEvents(
            (0..<400).map { SampleEvent(text: "batch \(number) line \($0 * 7919 % 10_007)") }, received: received)
    }

    @Test func `what is older than the age goes, by whole segments`() async throws {
        let directory = try TemporaryDirectory()
        let day = FileTime.day
        let now = wallTime()
        var store = try openStore(directory) { $0.segmentBytes = 1 }
        for age in [9, 8, 3, 1] {
            _ = try await store.append(RetentionTests.batch(age, received: now - Int64(age) * day))
        }
        #expect(directory.segments().count == 4)
        await store.close()
        store = try openStore(directory) { $0.retentionAge = 7 * 86_400 }
        #expect(directory.segments().map(\.number) == [3, 4])
        #expect(store.status.events == 800)
        #expect(store.status.segmentsDropped == 2)
        #expect(try allEvents(directory).count == 800)
    }

    @Test func `the open segment stays however old and large it is`() async throws {
        let directory = try TemporaryDirectory()
        var store = try openStore(directory)
        _ = try await store.append(RetentionTests.batch(0, received: 1))
        await store.close()
        store = try openStore(directory) {
            $0.retentionAge = 1
            $0.retentionBytes = 1
        }
        #expect(store.status.events == 400)
        #expect(directory.segments().count == 1)
    }

    @Test func `the oldest segments go when all are too large together`() async throws {
        let directory = try TemporaryDirectory()
        let limit = 8 << 20
        let store = try openStore(directory) { $0.retentionBytes = limit }
        var generator = SeededGenerator(seed: 5)
        for number in 0..<60 {
            let texts = (0..<400).map { _ in
                let noise = (0..<60).map { _ in String(UInt64.random(in: .min ... .max, using: &generator), radix: 36) }
                return #"{"n":\#(number),"msg":"\#(noise.joined(separator: " "))"}"#
            }
            _ = try await store.append(IncomingEvents(texts))
        }
        let status = store.status
        #expect(status.segmentsDropped > 0)
        // One segment may be over before it is sealed.
        #expect(status.bytes < limit + limit / 4)
        #expect(status.bytes > limit / 2)
        let left = try allEvents(directory)
        #expect(left.count == status.events)
        #expect(try #require(left.last).hasPrefix(#"{"n":59,"#))
    }

    @Test func `keys and sequence numbers go on after a segment was deleted`() async throws {
        let directory = try TemporaryDirectory()
        var store = try openStore(directory) { $0.segmentBytes = 1 }
        for number in 0..<2 { _ = try await store.append(RetentionTests.batch(number, received: 1)) }
        await store.close()
        store = try openStore(directory) {
            $0.segmentBytes = 1
            $0.retentionAge = 60
        }
        #expect(directory.segments().map(\.number) == [2])
        _ = try await store.append(RetentionTests.batch(2, received: wallTime()))
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        #expect(snapshot.nextSequence == 1201)
        #expect(snapshot.segments.map(\.name.number) == [3])
    }
}

@Suite(.timeLimit(.minutes(5)))
struct DamageTests {
    /// Three segments with 600 events each.
    private func makeStore() async throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory) { $0.segmentBytes = 1 }
        for number in 0..<3 {
            _ = try await store.append(
                IncomingEvents((0..<600).map { SampleEvent(text: "segment \(number) line \($0)") }))
        }
        await store.close()
        return directory
    }

    @Test(arguments: [0, 1, 2], ["garbage", "empty", "short"])
    func `a damaged segment is set aside and the others are read on`(segment: Int, damage: String) async throws {
        let directory = try await makeStore()
        let name = directory.segments()[segment]
        let path = directory.path + "/" + name.file
        let bytes = try #require(readBytes(path))
        switch damage {
        case "garbage": try #require(writeBytes(bytes.map { $0 ^ 0x5a }, path))
        case "empty": try #require(writeBytes([], path))
        default: try #require(writeBytes(Array(bytes.prefix(bytes.count / 4)), path))
        }
        let store = try openStore(directory)
        #expect(store.status.segmentsSetAside == 1)
        #expect(store.status.events == 1200)
        #expect(directory.names().contains { $0.hasPrefix(name.file + ".corrupt-") })
        _ = try await store.append(IncomingEvents([#"{"msg":"new"}"#]))
        let events = try allEvents(directory)
        #expect(events.count == 1201)
        #expect(events.last == #"{"msg":"new"}"#)
        #expect(!events.contains { $0.contains("segment \(segment) line") })
        #expect(directory.segments().last?.number == (segment == 2 ? 4 : 3))
    }

    @Test func `a damaged block is told, and is no other block's damage`() async throws {
        let directory = try await makeStore()
        let path = directory.path + "/" + directory.segments()[0].file
        let database = try DatabaseQueue(path: path)
        try database.inDatabase { try $0.execute(sql: "UPDATE block_data SET originals = x'00010203' WHERE id = 1") }
        try database.close()
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        let heads = try snapshot.blocks(from: 0)
        let broken = try snapshot.load(heads[0])
        let error = #expect(throws: StoreError.self) { try broken.originals() }
        #expect(error?.code == .damaged)
        for head in heads.dropFirst() { #expect(try snapshot.load(head).original(0).first == 0x7b) }
    }

    @Test func `a segment of a later release is refused, not set aside`() async throws {
        let directory = try await makeStore()
        let path = directory.path + "/" + directory.segments()[2].file
        let database = try DatabaseQueue(path: path)
        try database.inDatabase { try $0.execute(sql: "PRAGMA user_version = 99") }
        try database.close()
        let error = #expect(throws: StoreError.self) { _ = try openStore(directory) }
        #expect(error?.code == .newerVersion)
        #expect(directory.segments().count == 3)
    }
}

func wallTime() -> Int64 {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
