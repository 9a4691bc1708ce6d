import CShim
import Glibc
import Testing

@testable import LogStore

/// A cut at any moment leaves the database and its WAL as they are then: copies of them are opened.
@Suite(.timeLimit(.minutes(5)))
struct CrashTests {
    @Test func `what was acknowledged is there after a cut at any moment`() async throws {
        var generator = SeededGenerator(seed: 3)
        let directory = try TemporaryDirectory()
        let store = try openStore(directory) { $0.segmentBytes = 300_000 }
        var acknowledged: [String] = []
        for round in 0..<40 {
            let events = (0..<Int.random(in: 1...300, using: &generator)).map {
                SampleEvent(id: "0123456789abcdef0123-\(round * 1000 + $0)", text: "round \(round) line \($0)")
            }
            _ = try await store.append(IncomingEvents(events))
            acknowledged += events.map(\.json)
            guard round % 4 == 3 else { continue }
            let copy = try copyStore(directory)
            let reopened = try openStore(copy)
            #expect(reopened.status.events == acknowledged.count)
            #expect(try allEvents(copy) == acknowledged)
            // And none is taken again.
            #expect(try await reopened.append(IncomingEvents(events)).allSatisfy { $0 == .duplicate })
            await reopened.close()
        }
    }

    /// The last commits were on their way when the cut came: their bytes are missing from the WAL's end.
    @Test func `a torn end of the WAL costs no more than the commits in it`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let rounds = (0..<6).map { round in (0..<20).map { SampleEvent(text: "round \(round) line \($0)").json } }
        for round in rounds { _ = try await store.append(IncomingEvents(round)) }
        let copy = try copyStore(directory)
        let wal = try #require(copy.names().first { $0.hasSuffix("-wal") })
        let size = try #require(StoreFiles.status(copy.path + "/" + wal)?.size)
        for cut in stride(from: 0, to: size, by: 17_001) {
            let torn = try copyStore(copy)
            _ = unsafe truncate(torn.path + "/" + wal, off_t(size - cut))
            let reopened = try openStore(torn)
            let found = try allEvents(torn)
            #expect(rounds.flatMap { $0 }.starts(with: found))
            #expect(found.count % 20 == 0)
            #expect(reopened.status.events == found.count)
            await reopened.close()
        }
    }

    @Test func `a store that was not closed goes on where it was`() async throws {
        let directory = try TemporaryDirectory()
        var expected: [String] = []
        var copies = [directory]
        for round in 0..<5 {
            let store = try openStore(copies[round])
            let events = (0..<300).map { SampleEvent(text: "round \(round) line \($0)") }
            _ = try await store.append(IncomingEvents(events))
            expected += events.map(\.json)
            copies.append(try copyStore(copies[round]))
            await store.close()
        }
        let last = copies[5]
        let store = try openStore(last)
        #expect(try allEvents(last) == expected)
        #expect(store.status.events == 1500)
    }

    private func copyStore(_ directory: TemporaryDirectory) throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        for name in directory.names() where !name.hasSuffix("-shm") && !name.hasSuffix(".lock") {
            let bytes = try #require(readBytes(directory.path + "/" + name))
            try #require(writeBytes(bytes, copy.path + "/" + name))
        }
        return copy
    }
}

func readBytes(_ path: String) -> [UInt8]? {
    guard let file = unsafe fopen(path, "r") else { return nil }
    defer { unsafe fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
        let count = unsafe fread(&chunk, 1, chunk.count, file)
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
}

func writeBytes(_ bytes: [UInt8], _ path: String) -> Bool {
    guard let file = unsafe fopen(path, "w") else { return false }
    let written = unsafe fwrite(bytes, 1, bytes.count, file)
    return unsafe fclose(file) == 0 && written == bytes.count
}
