import AgentConfig
import EventModel
import FileInput
import FileRegistry
import Glibc
import Logging
import NIOCore
import NIOPosix
import Parsing
import Publishing
import Synchronization

/// The agent put together: one registry, one event loop, and for each output a pipeline of its own.
///
/// `start` gets the pipelines going at once; `AgentServices` adds what watches over them.
final class RunningAgent: Sendable {
    let settings: AgentSettings
    let identity: AgentIdentity
    let logger: Logger
    let started = AgentClock.wallMilliseconds()
    private let registrar: Registrar?
    private let group: MultiThreadedEventLoopGroup
    private let outputs: [any Output]
    private let plans: [PipelinePlan]
    private let threads = Mutex<[PipelineThread]>([])
    private let isStopping = Atomic<Bool>(false)

    /// - Parameter keepsPositions: false for `ship` without `--resume`: no data directory is touched.
    init(
        _ settings: AgentSettings, once: Bool, keepsPositions: Bool = true, compressedFiles: [String] = [],
        logger: Logger
    ) async throws {
        self.settings = settings
        self.logger = logger
        RunningAgent.prepareProcess()
        registrar = keepsPositions ? try Registrar(RunningAgent.registry(settings), logger: logger) : nil
        let store: any RegistryStore = registrar ?? VolatileRegistry()
        identity = .ofThisHost(name: settings.name, id: registrar?.agentID ?? AgentIdentity.randomUUID())
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let factory = OutputFactory(group: group, logger: logger, host: identity.name)
        let share = RunningAgent.descriptors / max(1, settings.outputs.count)
        var outputs: [any Output] = []
        var plans: [PipelinePlan] = []
        do {
            for plan in settings.outputs {
                let counters = EventCounters()
                let output = try factory.make(plan, counters: counters)
                outputs.append(output)
                plans.append(
                    RunningAgent.pipeline(
                        plan, output: output, counters: counters, settings: settings, identity: identity, store: store,
                        firstStart: registrar.flatMap { TimeText.milliseconds(of: Array($0.firstStart.utf8)) }.map {
                            $0 * 1_000_000
                        }, once: once, descriptors: share, logger: logger))
                plans[plans.count - 1].compressedFiles = compressedFiles
            }
        } catch {
            for output in outputs { await output.shutdown() }
            try? await group.shutdownGracefully()
            _ = registrar?.close(timeout: .seconds(1))
            throw error
        }
        self.outputs = outputs
        self.plans = plans
    }

    /// Bytes that an earlier run with the same data directory had settled.
    var resumedBytes: UInt64 {
        guard let registrar else { return 0 }
        return plans.reduce(0) { $0 + registrar.records(pipeline: $1.name).reduce(0) { $0 + $1.offset } }
    }

    func start() {
        threads.withLock { $0 = plans.map { PipelineThread($0) } }
    }

    /// Waits until all pipelines have ended: stopped, or with `once` everything settled.
    func wait() async throws {
        for thread in threads.withLock({ $0 }) { try await thread.wait() }
    }

    /// Stops reading, makes one attempt for what is in flight, and ends within the shutdown timeout.
    func stop() {
        isStopping.store(true, ordering: .relaxed)
        let deadline = MonotonicTime.now + settings.shutdownTimeout
        for thread in threads.withLock({ $0 }) { thread.stop(deadline: deadline) }
    }

    /// Asks every pipeline's thread to show that it moves.
    /// - Returns: what `signsOfLife` is at least once all of them have.
    func askForSignsOfLife() -> Int {
        let expected = signsOfLife + plans.count
        for thread in threads.withLock({ $0 }) { thread.ping() }
        return expected
    }

    var signsOfLife: Int { plans.reduce(0) { $0 + $1.pongs.current } }

    /// After `wait`: the last positions are written, the connections closed.
    func close() async {
        if let registrar, !registrar.close(timeout: .seconds(5)) {
            logger.error("positions could not be stored", metadata: ["reason": "\(registrar.trouble ?? "timeout")"])
        }
        for output in outputs { await output.shutdown() }
        try? await group.shutdownGracefully()
    }

    var status: AgentStatus {
        var status = AgentStatus(
            hostname: identity.hostname, agentID: identity.id, processID: getpid(), started: started,
            time: AgentClock.wallMilliseconds(), pipelines: plans.map(\.status.current))
        status.registryTrouble = registrar?.trouble
        status.registryRecovery = registrar?.recovery.map { "\($0)" }
        status.configWarnings = settings.warnings
        status.stopping = isStopping.load(ordering: .relaxed)
        status.usage = ProcessUsage.current()
        return status
    }

    /// What the log says of the agent when it starts.
    var startFields: Logger.Metadata {
        let outputs = plans.map { "\($0.name) → \($0.output.traits.endpoint)" }.joined(separator: ", ")
        return [
            "version": "\(AgentVersion.text)", "inputs": "\(settings.inputs.count)", "outputs": "\(outputs)",
            "path.data": "\(settings.dataPath)", "process.pid": "\(getpid())",
        ]
    }
}
