import EventFields
import Testing

@testable import LogStore

struct RoundTripTests {
    @Test(arguments: [1, 3, 255, 256, 511, 512, 513, 2000])
    func `what is stored is read back as it came, in its order`(count: Int) async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let events = (0..<count).map { SampleEvent(text: "event number \($0)") }
        let answers = try await store.append(IncomingEvents(events))
        #expect(answers == Array(repeating: .stored, count: count))
        #expect(try allEvents(directory) == events.map(\.json))
        #expect(store.status.events == count)
        await store.close()
        #expect(try allEvents(directory) == events.map(\.json))
    }

    @Test func `a block tells time, level, service, host and file of its events`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        var generator = SeededGenerator(seed: 7)
        let levels: [(String, Severity)] = [("info", .info), ("error", .error), ("debug", .debug)]
        let events = (0..<700).map { index in
            SampleEvent(
                time: 1_795_341_600_000_000_000 + Int64.random(in: 0..<1_000_000, using: &generator) * 1000,
                level: levels[index % 3].0, service: "service-\(Int.random(in: 0..<300, using: &generator))")
        }
        _ = try await store.append(IncomingEvents(events, received: testTime))
        _ = try await store.append(IncomingEvents([#"{"msg":"bare"}"#], received: testTime + 5))
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        var index = 0
        for head in try snapshot.blocks(from: 0) {
            let block = try snapshot.load(head)
            #expect(head.firstTime == block.times.min() && head.lastTime == block.times.max())
            for at in 0..<block.count where index < events.count {
                #expect(block.times[at] == events[index].time)
                #expect(block.severities[at] == levels[index % 3].1.rawValue)
                #expect(block.name(.service, at) == Array(events[index].service.utf8))
                #expect(block.name(.host, at) == Array("host-1".utf8))
                #expect(block.name(.file, at) == Array("/var/log/app.log".utf8))
                #expect(block.received(at) == testTime)
                #expect(block.sequence(at) == Int64(index + 1))
                index += 1
            }
        }
        #expect(index == events.count)
        let last = try #require(try snapshot.blocks(from: 701).last)
        let block = try snapshot.load(last)
        #expect(block.times[block.count - 1] == testTime + 5)
        #expect(block.received(block.count - 1) == testTime + 5)
        #expect(block.severities[block.count - 1] == Severity.unknown.rawValue)
        #expect(block.name(.service, block.count - 1).isEmpty)
    }

    @Test func `the head of a block counts its events by level and name`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let events = (0..<512).map { index in
            SampleEvent(level: index % 4 == 0 ? "error" : "info", service: index % 2 == 0 ? "a" : "b")
        }
        _ = try await store.append(IncomingEvents(events))
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        let head = try #require(try snapshot.blocks(from: 0).first)
        let summary = try head.summary()
        #expect(summary.severities[Int(Severity.error.rawValue)] == 128)
        #expect(summary.severities[Int(Severity.info.rawValue)] == 384)
        let services = try #require(summary.names(.service))
        #expect(services.map(\.name) == [Array("a".utf8), Array("b".utf8)])
        #expect(services.map(\.count) == [256, 256])
    }

    @Test func `an event is found by its key`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let events = (0..<1200).map { SampleEvent(text: "event number \($0)") }
        _ = try await store.append(IncomingEvents(events))
        let snapshot = try StoreReader(directory: directory.path).snapshot()
        for number in [0, 511, 512, 1023, 1024, 1199] {
            let name = try #require(directory.segments().first)
            let key = try #require(EventKey(EventKey(name, sequence: Int64(number + 1)).description))
            let found = try #require(try snapshot.find(key))
            let block = try snapshot.load(found.block)
            #expect(block.key(found.index) == key)
            #expect(String(decoding: try block.original(found.index), as: UTF8.self) == events[number].json)
        }
        let name = try #require(directory.segments().first)
        #expect(try snapshot.find(EventKey(name, sequence: 1201)) == nil)
    }

    @Test func `what cannot be stored is said, and the rest is stored`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory) { $0.eventBytes = 40 }
        let long = #"{"a":"\#(String(repeating: "x", count: 40))"}"#
        let answers = try await store.append(IncomingEvents([#"{"a":1}"#, long, "[1]", "", #"{"b":2}"#]))
        #expect(answers == [.stored, .tooLarge, .invalid, .invalid, .stored])
        #expect(try allEvents(directory) == [#"{"a":1}"#, #"{"b":2}"#])
        #expect(store.status.refused == 3)
    }

    @Test func `an event larger than a block is a block by itself`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let large = #"{"a":"\#(String(repeating: "xyz ", count: 500_000))"}"#
        let texts = [#"{"a":1}"#, large, #"{"a":2}"#, large]
        #expect(try await store.append(IncomingEvents(texts)) == Array(repeating: .stored, count: 4))
        #expect(try allEvents(directory) == texts)
    }

    @Test func `whoever waits for commits hears of the next sequence number`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        var values = store.commits().makeAsyncIterator()
        #expect(await values.next() == 1)
        _ = try await store.append(IncomingEvents([#"{"a":1}"#, #"{"a":2}"#]))
        #expect(await values.next() == 3)
        await store.close()
        #expect(await values.next() == nil)
    }
}
