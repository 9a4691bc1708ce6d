import CShim
import EventModel
import FileRegistry
import TestSupport
import Testing

@testable import FileInput

/// A directory of log files whose writers, rotators and agent do what a seed says.
///
/// Each line is written once and has a number, so that the collector's lines can be counted. The model knows which
/// lines may be lost: those that were truncated away, and those deleted or moved out of sight while the agent was down
/// or had the file closed, before it had read them.
final class FileModel {
    private struct Content {
        /// Whole lines of the file as it is now, and the piece of a line that is not finished.
        var lines: [String] = []
        var piece = ""
    }

    private let scratch = Scratch()
    private let registry = MemoryRegistry(commitsAtOnce: false)
    private let driver: InputDriver
    private var generator: SeededGenerator
    private let seed: UInt64
    private var files: [String: Content] = [:]
    private var nextLine = 0
    private var nextName = 0
    private var isDown = false
    /// Written whole, and never taken away.
    private var owed: Set<String> = []
    private var history: [String] = []
    private var crashes = 0
    /// How many deliveries there were of each line when the agent last crashed.
    private var deliveredAtCrash: [String: Int] = [:]

    init(seed: UInt64) throws {
        self.seed = seed
        generator = SeededGenerator(seed: seed)
        driver = try InputDriver(scratch, registry: registry) { driver in
            driver.settlesAtOnce = false
            driver.settings.messageMaxBytes = 200
        }
        driver.maxEvents = [1, 3, 7, 2048][generator.below(4)]
        driver.slabCapacity = [512, 4096, 65536][generator.below(3)]
        driver.descriptors = [1, 2, 64][generator.below(3)]
        driver.settings.closeOnEOF = generator.below(4) == 0
    }

    func step() throws {
        switch generator.below(20) {
        case 0..<7: write()
        case 7: rotate(inGlob: true)
        case 8: rotate(inGlob: false)
        case 9: if generator.below(2) == 0 { truncate() } else { rewrite() }
        case 10: delete()
        case 11: renameBack()
        case 12: for _ in 0..<generator.below(4) { driver.turn() }
        case 13: driver.run()
        case 14: pass()
        case 15, 16: acknowledge()
        case 17: registry.commit()
        case 18: try crash()
        default: if generator.below(3) == 0 { try restart() }
        }
        check()
    }

    /// Everything comes to rest; then nothing may be missing.
    func finish() throws {
        if isDown { try start() }
        note("finish")
        for _ in 0..<4 {
            driver.pass(seconds: 15)
            driver.settle()
            registry.commit()
        }
        check()
        let delivered = Set(driver.texts.map(number))
        let lost = owed.subtracting(delivered)
        #expect(lost.isEmpty, "seed \(seed): lost \(lost.sorted().prefix(5)) \(places(lost)) after \(tail)")
        #expect(driver.ledgerCloses, "seed \(seed)")
        #expect(driver.input.unreadBytes == UInt64(files.values.reduce(0) { $0 + $1.piece.utf8.count }), "seed \(seed)")
        for (name, content) in files {
            let size = UInt64(content.lines.reduce(0) { $0 + $1.utf8.count + 1 })
            let row = registry.rows.first { $0.path == scratch[name] && !$0.removed }
            #expect(row?.offset == size || size == 0, "seed \(seed): \(name) is settled to its end: \(tail)")
        }
    }

    // MARK: Writers

    private func write() {
        let name = existing(where: { _ in true }) ?? newName()
        var content = files[name] ?? Content()
        var text = ""
        for _ in 0..<(1 + generator.below(6)) {
            let line = content.piece + makeLine(startsAnew: content.piece.isEmpty)
            text += String(line.dropFirst(content.piece.count)) + "\n"
            content.piece = ""
            content.lines.append(line)
            owed.insert(number(line))
        }
        if generator.below(3) == 0 {
            content.piece = makeLine(startsAnew: true)
            text += content.piece
        }
        scratch.append(name, text)
        files[name] = content
        note("write \(name) \(content.lines.count)")
    }

    private func makeLine(startsAnew: Bool) -> String {
        let filler = String(repeating: "abcdefghij", count: [0, 1, 5, 18, 30][generator.below(5)])
        return startsAnew ? nextNumber() + filler : filler
    }

    private func nextNumber() -> String {
        defer { nextLine += 1 }
        let digits = String(nextLine)
        return "<" + String(repeating: "0", count: 6 - digits.count) + digits + ">"
    }

    /// The line's own number: what of it is delivered even when it is cut.
    private func number(_ line: String) -> String { String(line.prefix { $0 != ">" }) }

    private func newName() -> String {
        nextName += 1
        return "f\(nextName).log"
    }

    private func existing(where isFit: (String) -> Bool) -> String? {
        let names = files.keys.filter(isFit).sorted()
        return names.isEmpty || generator.below(6) == 0 ? nil : names[generator.below(names.count)]
    }

    private func rotate(inGlob: Bool) {
        guard let name = existing(where: { $0.hasSuffix(".log") }) else { return }
        nextName += 1
        let target = inGlob ? "r\(nextName).log" : "r\(nextName).old"
        scratch.rename(name, target)
        files[target] = files.removeValue(forKey: name)
        if generator.below(2) == 0 {
            scratch.write(name, "")
            files[name] = Content()
        }
        note("rotate \(name) \(target)")
    }

    private func renameBack() {
        guard let name = existing(where: { $0.hasSuffix(".old") }) else { return }
        let target = newName()
        scratch.rename(name, target)
        files[target] = files.removeValue(forKey: name)
        note("back \(name) \(target)")
    }

    private func truncate() {
        guard let name = existing(where: { _ in true }) else { return }
        // What is not read yet is gone; the model asks nothing for it.
        forgive(name)
        scratch.truncate(name, to: 0)
        files[name] = Content()
        note("truncate \(name)")
    }

    /// Truncated and written again at once: other lines, of the same lengths and ends, and one more.
    private func rewrite() {
        guard let name = existing(where: { $0.hasSuffix(".log") }), let old = files[name] else { return }
        forgive(name)
        var content = Content()
        for line in old.lines { content.lines.append(nextNumber() + line.dropFirst(8)) }
        content.lines.append(makeLine(startsAnew: true))
        for line in content.lines { owed.insert(number(line)) }
        scratch.write(name, content.lines.map { $0 + "\n" }.joined())
        files[name] = content
        note("rewrite \(name)")
    }

    private func delete() {
        guard let name = existing(where: { _ in true }) else { return }
        let state = driver.input.table.byInode.values.first { $0.record.inode == scratch.inode(name) && $0.isOpen }
        // With few descriptors another file may take its own before it is seen to be deleted.
        if isDown || state == nil || driver.descriptors < 64 { forgive(name) }
        scratch.remove(name)
        // The last piece is sent as it is; nobody asks for it.
        files[name] = nil
        note("delete \(name) \(state == nil ? "closed" : "open")")
        // An open one is read through its descriptor, if the agent is not killed before.
        // One that was truncated before may have to wait for the registry.
        guard state != nil, !isDown else { return }
        for _ in 0..<2 {
            registry.commit()
            driver.pass(seconds: 0.1)
        }
    }

    private func forgive(_ name: String) {
        for line in files[name]?.lines ?? [] { owed.remove(number(line)) }
    }

    // MARK: The agent

    private func pass() {
        let seconds = [0.1, 3, 30, 400][generator.below(4)]
        if !isDown { driver.pass(seconds: seconds) }
        note("pass \(seconds)")
    }

    private func acknowledge() {
        driver.settle(generator.below(max(1, driver.pending.count + 1)))
        note("ack")
    }

    private func crash() throws {
        note("crash")
        crashes += 1
        deliveredAtCrash = Dictionary(driver.texts.map { (number($0), 1) }, uniquingKeysWith: +)
        registry.crash()
        driver.kill()
        isDown = true
        forgiveStrangers()
        for _ in 0..<generator.below(4) {
            switch generator.below(5) {
            case 0, 1: write()
            case 2: rotate(inGlob: true)
            case 3: rewrite()
            default: if knowsAll { rotate(inGlob: false) }
            }
        }
        try start()
    }

    /// Files that the registry has never heard of are not found outside the patterns.
    private var knowsAll: Bool { files.keys.allSatisfy(hasRow) }

    private func hasRow(_ name: String) -> Bool {
        guard let stat = try? Syscall.stat(scratch[name], follow: false) else { return false }
        return registry.rows.contains { $0.inode == stat.inode && ($0.birth == stat.birth || stat.birth == 0) }
    }

    private func start() throws {
        isDown = false
        try driver.start()
    }

    private func restart() throws {
        note("restart")
        driver.settle()
        driver.input.stop()
        registry.commit()
        driver.kill()
        forgiveStrangers()
        try driver.start()
    }

    /// A file outside the patterns that the registry has never heard of is nobody's.
    private func forgiveStrangers() {
        for name in files.keys where name.hasSuffix(".old") && !hasRow(name) {
            forgive(name)
            files[name] = nil
            note("stranger \(name)")
        }
    }

    // MARK: Invariants

    private func check() {
        var ids: [String: String] = [:]
        var counts: [String: Int] = [:]
        for line in driver.lines {
            let key = number(line.string)
            if let known = ids.updateValue(key, forKey: line.id) {
                #expect(known == key, "seed \(seed): an id for two lines after \(tail)")
            }
            counts[key, default: 0] += 1
        }
        var seen: [String: String] = [:]
        for line in driver.lines where owed.contains(number(line.string)) {
            if let id = seen.updateValue(line.id, forKey: number(line.string)) {
                #expect(id == line.id, "seed \(seed): a line with two ids after \(tail)")
            }
        }
        for (line, count) in counts where count > 1 {
            let before = deliveredAtCrash[line] ?? 0
            #expect(count - before <= 1, "seed \(seed): \(line) came twice without a crash, after \(tail)")
        }
        for segment in driver.pending {
            let row = driver.input.table.byID[segment.source.fileID]?.record
            guard let row, row.generation == segment.source.generation else { continue }
            #expect(row.offset <= segment.start, "seed \(seed): the registry is ahead of what is settled")
        }
    }

    private func places(_ lost: Set<String>) -> String {
        files.filter { $0.value.lines.contains { lost.contains(number($0)) } }.map(\.key).sorted().joined(
            separator: " ")
    }

    private func note(_ text: String) { history.append(text) }
    private var tail: String { history.suffix(60).joined(separator: ", ") }
}
