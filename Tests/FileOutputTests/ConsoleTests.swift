import EventModel
import Glibc
import Publishing
import Synchronization
import TestSupport
import Testing

@testable import FileOutput

/// A pipe with a console output at one end.
struct ConsolePipe: ~Copyable {
    private(set) var reader: CInt
    private(set) var writer: CInt
    let driver: LaneDriver

    init() {
        (reader, writer) = ForkLock.pipe()
        driver = LaneDriver(
            ConsoleOutput(ConsoleOutputSettings(), logger: FileScene.quiet, descriptor: writer).makeLane(0))
    }

    deinit {
        if reader >= 0 { close(reader) }
        if writer >= 0 { close(writer) }
    }

    mutating func closeReader() {
        close(reader)
        reader = -1
    }

    mutating func closeWriter() {
        close(writer)
        writer = -1
    }

    /// Reads what is there, or waits for some; at most `count` bytes.
    func read(_ count: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            length = unsafe max(0, Glibc.read(reader, buffer.baseAddress, count))
        }
    }

    func messages(_ bytes: [UInt8]) -> [String] {
        String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { EventText.message(of: $0) ?? String($0) }
    }
}

@Suite struct ConsoleTests {
    @Test(.timeLimit(.minutes(5))) func `each event is a line, there at once`() async throws {
        let pipe = ConsolePipe()
        var factory = BatchFactory()
        for line in ["one", "two", "three"] {
            #expect(await pipe.driver.deliver(factory.batch([line])) == .delivered)
            let bytes = pipe.read(4096)
            #expect(pipe.messages(bytes) == [line] && bytes.last == 0x0a)
        }
        pipe.driver.lane.close()
    }

    @Test(.timeLimit(.minutes(5))) func `a reader that stalls holds the lane up and gets everything later`()
        async throws
    {
        let pipe = ConsolePipe()
        var factory = BatchFactory()
        // More than the 64 KiB that a pipe holds.
        let lines = BatchFactory.numbered(0..<200, length: 2000)
        let number = pipe.driver.send(Delivery(all: factory.batch(lines)))
        var bytes: [UInt8] = []
        // The pipe is full when this many bytes are in it, and nobody has read yet.
        #expect(pipe.driver.outstanding == 1)
        while bytes.filter({ $0 == 0x0a }).count < lines.count { bytes += pipe.read(100_000) }
        #expect(await pipe.driver.reply(to: number) == .delivered)
        #expect(pipe.messages(bytes) == lines)
        pipe.driver.lane.close()
    }

    @Test(.timeLimit(.minutes(5))) func `a close ends the wait for a stalled reader, and whole lines count`()
        async throws
    {
        var pipe = ConsolePipe()
        var factory = BatchFactory()
        let lines = BatchFactory.numbered(0..<200, length: 2000)
        let number = pipe.driver.send(Delivery(all: factory.batch(lines)))
        // Something has arrived, so the writer is at work.
        var bytes = pipe.read(1)
        pipe.driver.lane.close()
        let reply = await pipe.driver.reply(to: number)
        #expect(reply.failure?.label == .shutdown)
        let delivered = lines.indices.filter { reply.verdict(at: $0) == .delivered }.count
        #expect(delivered < lines.count)
        pipe.closeWriter()
        var more = pipe.read(100_000)
        while !more.isEmpty {
            bytes += more
            more = pipe.read(100_000)
        }
        #expect(Array(pipe.messages(bytes).prefix(delivered)) == Array(lines[..<delivered]))
        #expect(bytes.filter { $0 == 0x0a }.count == delivered)
    }

    @Test(.timeLimit(.minutes(5))) func `a reader that goes away is a failure and not the end of the process`()
        async throws
    {
        var pipe = ConsolePipe()
        pipe.closeReader()
        var factory = BatchFactory()
        let reply = await pipe.driver.deliver(factory.batch(["a"]))
        #expect(reply.verdicts == .all(.retry) && reply.failure?.label == .io)
        #expect(reply.failure?.message.contains("nobody reads it") == true)
        pipe.driver.lane.close()
    }
}

@Suite struct DiscardTests {
    @Test(.timeLimit(.minutes(5)), arguments: [true, false])
    func `everything is settled, and encoded when asked`(_ encodes: Bool) async throws {
        var settings = DiscardOutputSettings()
        settings.encodes = encodes
        let counters = EventCounters()
        let output = DiscardOutput(settings, counters: counters)
        let driver = LaneDriver(output.makeLane(0))
        var factory = BatchFactory()
        let batches = (0..<10).map { _ in factory.batch([[0x61], [0xff]]) }
        let settlement = try await driver.settle(batches, window: output.traits.window)
        #expect(settlement == .init(delivered: 20))
        #expect(counters.invalidUTF8.load(ordering: .relaxed) == (encodes ? 10 : 0))
        driver.lane.close()
    }
}
