import Agent
import ByteTools
import Dispatch
import EventModel
import FileInput
import Logging
import Publishing
import Synchronization

extension BenchCase {
    /// A file read into batches and cut into lines, by the input alone.
    static let splitLines = BenchCase(name: "split lines") { lines in
        let passes = ZapLines.passes(for: lines)
        let file = try TemporaryFile(passes: passes)
        let input = try FileBench.input(file)
        return {
            let work = ZapLines.work(passes: passes)
            let found = FileBench.split(input)
            withExtendedLifetime(file) { input.stop() }
            guard found == work.lines else { throw BenchError(message: "\(found) lines of \(work.lines) were found") }
            return work
        }
    }

    /// The whole agent but its registry on disk: the pipeline's thread from a file to events that are sent nowhere.
    static let fileToNull = BenchCase(name: "file to null") { lines in
        let passes = ZapLines.passes(for: lines)
        let file = try TemporaryFile(passes: passes)
        let plan = try FileBench.plan(file)
        return {
            let work = ZapLines.work(passes: passes)
            try FileBench.run(plan)
            let delivered = withExtendedLifetime(file) { plan.status.current.eventsDelivered }
            guard delivered == UInt64(work.lines) else {
                throw BenchError(message: "\(delivered) events of \(work.lines) were delivered")
            }
            return work
        }
    }
}

/// The parts of the agent that the cases with files are made of.
private enum FileBench {
    static let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }
    private static let batchBytes = 256 * 1024
    private static let batchEvents = 4096

    private static func settings(_ file: TemporaryFile) -> FileInputSettings {
        var settings = FileInputSettings()
        settings.id = "bench"
        settings.paths = [file.path]
        settings.once = true
        return settings
    }

    static func input(_ file: TemporaryFile) throws -> FileInput {
        let shape = try BenchShape.plain()
        let context = FileInputContext(
            pipeline: "bench", registry: VolatileRegistry(), logger: logger, firstStart: 0, start: 0, descriptors: 16
        ) { facts in
            shape.template(for: .init(path: Array(facts.path.utf8), idKey: facts.idKey))
        }
        return try FileInput(settings(file), context: context)
    }

    /// Reads everything that is there into batches that are filled one after the other in the same memory.
    /// - Returns: the lines that were found.
    static func split(_ input: FileInput) -> Int {
        // The input compares times with each other only.
        let now: Int64 = 1
        let slab = Slab(capacity: batchBytes)
        var lines = 0
        var batch = BatchBuilder(slab: slab, maxEvents: batchEvents, opened: 0)
        input.start(now: now)
        while let state = input.nextReady() {
            if batch.room < FileInput.minimumRoom || batch.eventRoom == 0 {
                lines += batch.lines.count
                batch = BatchBuilder(slab: slab, maxEvents: batchEvents, opened: 0)
            }
            let harvest = input.harvest(state, into: batch, now: now)
            if case .needsRoom = harvest.status {
                // Lines are far shorter than a batch: an empty one has room.
                guard !batch.isEmpty else { return lines }
                lines += batch.lines.count
                batch = BatchBuilder(slab: slab, maxEvents: batchEvents, opened: 0)
                input.postpone(state)
            }
            input.flushRegistry()
        }
        return lines + batch.lines.count
    }

    static func plan(_ file: TemporaryFile) throws -> PipelinePlan {
        let shape = try BenchShape.plain()
        return PipelinePlan(
            name: "bench", output: NullOutput(), settings: PipelineSettings(), inputs: [settings(file)],
            registry: VolatileRegistry(), deadLetters: NoDeadLetters(), logger: logger, shape: { _ in shape },
            counters: EventCounters(), isOnce: true, firstStart: 0, start: 0, descriptors: 16)
    }

    /// Runs a pipeline until its file is settled, while this thread waits.
    static func run(_ plan: PipelinePlan) throws {
        let ended = DispatchSemaphore(value: 0)
        let failure = Failure()
        let thread = PipelineThread(plan)
        Task {
            do { try await thread.wait() } catch { failure.error.withLock { $0 = error } }
            ended.signal()
        }
        ended.wait()
        if let error = failure.error.withLock({ $0 }) { throw error }
    }

    private final class Failure: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }
}
