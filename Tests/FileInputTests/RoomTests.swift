import EventModel
import FileInput
import FileRegistry
import Testing

@Suite struct RoomTests {
    private static let lines = (0..<3000).map { "line \($0) " + String(repeating: "x", count: $0 % 97) }

    @Test(arguments: [(1, 4096), (7, 4096), (2048, 4096), (7, 256), (1, 300), (2048, 100_000)])
    func `small batches lose no line and double none`(maxEvents: Int, capacity: Int) throws {
        let scratch = Scratch()
        scratch.write("a.log", RoomTests.lines.joined(separator: "\n") + "\n")
        scratch.write("b.log", RoomTests.lines.joined(separator: "\n\n") + "\n")
        let driver = try InputDriver(scratch) {
            $0.maxEvents = maxEvents
            $0.slabCapacity = capacity
        }
        driver.run()
        for name in ["a.log", "b.log"] {
            #expect(driver.lines.filter { $0.path == scratch[name] }.map(\.string) == RoomTests.lines)
        }
        #expect(driver.ledgerCloses)
        #expect(driver.input.unreadBytes == 0)
    }

    @Test func `a batch without any room asks for some`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch) { $0.slabCapacity = 0 }
        driver.run()
        scratch.append("a.log", "two\n")
        driver.run()
        #expect(driver.take() == ["one", "two"])
    }

    @Test func `busy files take turns by bytes`() throws {
        let scratch = Scratch()
        let row = String(repeating: "y", count: 1023) + "\n"
        scratch.write("huge.log", String(repeating: row, count: 8 * 1024))
        for number in 0..<10 { scratch.write("small\(number).log", String(repeating: row, count: 100)) }
        let driver = try InputDriver(scratch) { $0.slabCapacity = 1 << 20 }
        for _ in 0..<11 { driver.turn() }
        let bytes = Dictionary(grouping: driver.lines, by: \.path).mapValues { $0.reduce(0) { $0 + $1.text.count + 1 } }
        #expect(bytes.count == 11)
        for number in 0..<10 { #expect(bytes[scratch["small\(number).log"]] == 102_400) }
        #expect((bytes[scratch["huge.log"]] ?? 0) <= 256 * 1024)
    }

    @Test func `a file that was put back comes again`() throws {
        let scratch = Scratch()
        scratch.write("a.log", "one\n")
        let driver = try InputDriver(scratch)
        let state = try #require(driver.input.nextReady())
        #expect(!driver.input.hasReady)
        driver.input.postpone(state)
        driver.input.postpone(state)
        #expect(driver.input.activeCount == 1)
        driver.run()
        #expect(driver.take() == ["one"])
    }
}
