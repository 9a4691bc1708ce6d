import Testing

@testable import LogStore

@Suite(.timeLimit(.minutes(5)))
struct DuplicateTests {
    private static func id(_ stream: Int, _ number: Int) -> String {
        let hex = String(stream, radix: 16)
        return String(repeating: "0", count: 20 - hex.count) + hex + "-\(number)"
    }

    @Test func `a batch that comes twice is stored once`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let events = (0..<3000).map { SampleEvent(id: DuplicateTests.id(1, $0 * 317), text: "line \($0)") }
        #expect(try await store.append(IncomingEvents(events)).allSatisfy { $0 == .stored })
        #expect(try await store.append(IncomingEvents(events)).allSatisfy { $0 == .duplicate })
        #expect(store.status.duplicates == 3000)
        #expect(try allEvents(directory) == events.map(\.json))
    }

    @Test func `a batch that comes again after a restart is stored once`() async throws {
        let directory = try TemporaryDirectory()
        let events = (0..<700).map { SampleEvent(id: DuplicateTests.id(1, $0 * 317), text: "line \($0)") }
        for expected in [StoredAs.stored, .duplicate] {
            let store = try openStore(directory)
            #expect(try await store.append(IncomingEvents(events)).allSatisfy { $0 == expected })
            await store.close()
        }
        #expect(try allEvents(directory) == events.map(\.json))
    }

    @Test(arguments: [
        "event-A", "0123456789abcdef0123-007", "9f86d081-884c-7d65-9a2f-eaa0c55ad015", "ABCDEFABCDEFABCDEFAB-1",
    ])
    func `an id of any shape is taken once, and so are all like it`(id: String) async throws {
        let directory = try TemporaryDirectory()
        for round in 0..<2 {
            let store = try openStore(directory) { $0.segmentBytes = 1 }
            let events = IncomingEvents([#"{"a":1}"#, #"{"a":2}"#, #"{"a":3}"#], ids: [id, id, id + "1"])
            let answers = try await store.append(events)
            #expect(answers == (round == 0 ? [.stored, .duplicate, .stored] : [.duplicate, .duplicate, .duplicate]))
            _ = try await store.append(IncomingEvents([#"{"round":\#(round)}"#]))
            await store.close()
        }
    }

    @Test func `events without an id are stored as often as they come`() async throws {
        let directory = try TemporaryDirectory()
        let store = try openStore(directory)
        let events = IncomingEvents([#"{"a":1}"#, #"{"a":1}"#], ids: [nil, ""])
        for _ in 0..<2 { #expect(try await store.append(events) == [.stored, .stored]) }
        #expect(try allEvents(directory).count == 4)
    }

    /// Several streams, batches with gaps, out of order, resent in part, over restarts and segments, against a set.
    @Test(arguments: 0..<12)
    func `whatever order ids come in, each is stored once`(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let directory = try TemporaryDirectory()
        var known: Set<String> = []
        var order: [String] = []
        var store = try openStore(directory) { $0.segmentBytes = 200_000 }
        var next = [0, 0, 0]
        for _ in 0..<25 {
            var events: [SampleEvent] = []
            for _ in 0..<Int.random(in: 1...400, using: &generator) {
                let stream = Int.random(in: 0..<3, using: &generator)
                let back = Int.random(in: 0..<3, using: &generator) == 0
                let number =
                    back
                    ? Int.random(in: 0...next[stream], using: &generator)
                    : next[stream] + Int.random(in: 1...50, using: &generator)
                next[stream] = max(next[stream], number)
                let id = stream == 2 ? "other-\(number)x" : DuplicateTests.id(stream, number)
                events.append(SampleEvent(id: id, text: "line \(number)"))
            }
            let answers = try await store.append(IncomingEvents(events))
            for (event, answer) in zip(events, answers) {
                let isNew = known.insert(event.id ?? "").inserted
                #expect(answer == (isNew ? .stored : .duplicate), "\(event.id ?? "")")
                if isNew { order.append(event.json) }
            }
            if Int.random(in: 0..<6, using: &generator) == 0 {
                await store.close()
                store = try openStore(directory) { $0.segmentBytes = 200_000 }
            }
        }
        #expect(try allEvents(directory) == order)
        #expect(directory.segments().count > 1)
    }

    @Test func `numbers are told apart from what only looks like them`() {
        func identity(_ text: String) -> EventIdentity {
            var text = text
            return text.withUTF8 { unsafe EventIdentity($0, key: SipHash.Key(first: 1, second: 2)) }
        }
        let stream = "0123456789abcdef0123"
        #expect(identity("\(stream)-42") == .number(StreamKey(high: 0x0123_4567_89ab_cdef, low: 0x0123), 42))
        #expect(identity("\(stream)-0") == .number(StreamKey(high: 0x0123_4567_89ab_cdef, low: 0x0123), 0))
        #expect(identity("") == .none)
        for other in ["\(stream)-042", "\(stream)-", "\(stream)--1", "\(stream)-1a", "0\(stream)-1", "\(stream)_1"] {
            guard case .hash = identity(other) else {
                Issue.record("\(other) is taken for a number")
                continue
            }
        }
        let most = "\(stream)-999999999999999999"
        #expect(identity(most) == .number(StreamKey(high: 0x0123_4567_89ab_cdef, low: 0x0123), 999_999_999_999_999_999))
    }

    /// Vectors of the reference implementation (vectors.h, `vectors_sip128`): key 00…0f, input 00, 01, ….
    @Test(arguments: [
        (0, [0xa3, 0x81, 0x7f, 0x04, 0xba, 0x25, 0xa8, 0xe6, 0x6d, 0xf6, 0x72, 0x14, 0xc7, 0x55, 0x02, 0x93]),
        (1, [0xda, 0x87, 0xc1, 0xd8, 0x6b, 0x99, 0xaf, 0x44, 0x34, 0x76, 0x59, 0x11, 0x9b, 0x22, 0xfc, 0x45]),
    ])
    func `the hash is SipHash-2-4 with 128 bits`(count: Int, expected: [UInt8]) {
        let key = SipHash.Key(first: 0x0706_0504_0302_0100, second: 0x0f0e_0d0c_0b0a_0908)
        let bytes = (0..<count).map { UInt8($0) }
        let (first, second) = unsafe bytes.withUnsafeBufferPointer { unsafe SipHash.hash128($0, key: key) }
        let answer = [first, second].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
        #expect(answer == expected)
    }
}
