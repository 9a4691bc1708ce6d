import EventModel
import TestSupport
import Testing

@testable import FileRegistry

@Suite(.timeLimit(.minutes(5)))
struct RegistryModelTests {
    /// Random submissions, removals, flushes, clean restarts and crashes: what was reported as committed is there
    /// afterwards, and nothing else.
    @Test(arguments: UInt64(1)...6)
    func `what was reported as committed survives`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var directory = try TemporaryDirectory()
        // Only `flush` commits, so that the model knows what is on disk.
        func open() throws -> Registrar { try openRegistrar(directory) { $0.flushInterval = .seconds(3600) } }
        var registrar = try open()
        _ = registrar.submit([record(1)], removed: [])
        #expect(registrar.flush(timeout: patience))
        var submitted = byID([record(1)])
        var committed = submitted
        for _ in 0..<120 {
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<70:
                submit(to: registrar, &submitted, &random)
            case 70..<90:
                #expect(registrar.flush(timeout: patience))
                committed = submitted
            case 90..<95:
                #expect(registrar.close(timeout: patience))
                committed = submitted
                registrar = try open()
                #expect(all(registrar) == committed)
                try firstCommit(registrar, &submitted, &committed)
            default:
                let copy = try TemporaryDirectory()
                copyRegistry(from: directory.path, to: copy.path)
                directory = copy
                registrar = try open()
                #expect(registrar.recovery == nil)
                #expect(all(registrar) == committed)
                submitted = committed
                try firstCommit(registrar, &submitted, &committed)
            }
        }
    }

    /// The first rows after quiet are committed at once; the model is told.
    private func firstCommit(
        _ registrar: Registrar, _ submitted: inout [Int64: FileRecord], _ committed: inout [Int64: FileRecord]
    ) throws {
        submitted[1] = record(1, offset: UInt64(submitted.count))
        _ = registrar.submit([record(1, offset: UInt64(submitted.count))], removed: [])
        #expect(registrar.flush(timeout: patience))
        committed = submitted
    }

    private func submit(
        to registrar: Registrar, _ rows: inout [Int64: FileRecord], _ random: inout SeededGenerator
    ) {
        var changed: [Int64: FileRecord] = [:]
        var removed: [Int64] = []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let id = Int64.random(in: 2...80, using: &random)
            if changed[id] == nil, Int.random(in: 0..<4, using: &random) == 0 {
                if !removed.contains(id) { removed.append(id) }
            } else if !removed.contains(id) {
                let pipeline = id % 3 == 0 ? "archive" : "main"
                changed[id] = record(id, pipeline: pipeline, offset: UInt64.random(in: 0...9999, using: &random))
            }
        }
        for id in removed { rows[id] = nil }
        rows.merge(changed) { _, new in new }
        _ = registrar.submit(Array(changed.values), removed: removed)
    }

    private func all(_ registrar: Registrar) -> [Int64: FileRecord] {
        byID(registrar.records(pipeline: "main") + registrar.records(pipeline: "archive"))
    }
}
