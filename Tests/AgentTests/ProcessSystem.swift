import Glibc
import TestSupport

/// Agent and collector as two processes that find each other on loopback, and what the collector says that
/// it has stored.
final class ProcessSystem: Sendable {
    enum Part: CaseIterable {
        case agent, collector
    }
    struct State: Sendable {
        var agent: ProcessAgent
        var collector: ProcessAgent
        /// Events in the store; what the collector said last.
        var stored = 0
        /// An answer of a collector that had fewer than one before it had said.
        var problem: String?
    }
    /// How events travel from one to the other.
    enum Wire: String {
        case lumberjack, bulk, otlp
    }
    let scene: ProcessScene
    let state: ProcessObserved<State>
    private let lumberjack: ReservedPort
    private let http: ReservedPort
    private let isOver = ProcessObserved(false)

    init(_ scene: ProcessScene, _ wire: Wire) throws {
        self.scene = scene
        (lumberjack, http) = (ReservedPort(), ReservedPort())
        let (kind, host) =
            switch wire {
            case .lumberjack: ("logstash", "127.0.0.1:\(lumberjack.port)")
            case .bulk: ("elasticsearch", "127.0.0.1:\(http.port)")
            case .otlp: ("otlp", "http://127.0.0.1:\(http.port)")
            }
        scene.configure(
            """
            output.\(kind):
              hosts: ["\(host)"]
              bulk_max_size: 300
              backoff.init: 20ms
              backoff.max: 200ms
            """)
        let collector = try ProcessSystem.collector(scene, lumberjack, http)
        state = ProcessObserved(State(agent: try scene.run(), collector: collector))
    }

    var store: String { ProcessSystem.store(scene) }

    private static func store(_ scene: ProcessScene) -> String { "\(scene.directory)/store" }

    /// Its files are small, so that lines that come again are found across several of them.
    private static func collector(
        _ scene: ProcessScene, _ lumberjack: ReservedPort, _ http: ReservedPort
    ) throws -> ProcessAgent {
        try scene.start([
            "collect", "--data", store(scene), "-E", "collector.lumberjack.port=\(lumberjack.port)",
            "-E", "collector.http.port=\(http.port)", "-E", "collector.store.segment_size=1MiB",
        ])
    }

    /// Runs the body while the collector is asked again and again what it has stored.
    func observed(_ body: () async throws -> Void) async throws {
        async let watching: Void = watch()
        let result: Result<Void, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        isOver.update { $0 = true }
        await watching
        try result.get()
    }

    private func watch() async {
        while !isOver.current {
            if let answer = try? PlainHTTP.get("/api/v1/status", from: .tcp(port: UInt16(http.port))),
                let events = ProcessStatus.number("events", in: answer.body)
            {
                state.update { state in
                    if events < state.stored { state.problem = "the store had \(state.stored) events, now \(events)" }
                    state.stored = events
                }
            }
            _ = await isOver.wait(limit: .milliseconds(40)) { $0 }
        }
    }

    /// Waits until the store has so many events.
    func stored(_ events: Int) async throws {
        guard await !state.wait({ $0.stored >= events || $0.problem != nil }) || state.current.problem != nil else {
            return
        }
        let state = state.current
        throw ProcessFailure(
            description: state.problem ?? """
                waited for \(events) events: the store has \(state.stored); the agent \
                \(state.agent.isRunning ? "runs" : "has ended"), the collector \
                \(state.collector.isRunning ? "runs" : "has ended")
                """)
    }

    /// `kill -9`, and starts it again at once.
    func kill(_ part: Part) async throws {
        let victim = state.look { part == .agent ? $0.agent : $0.collector }
        guard victim.isRunning else { throw ProcessFailure(description: "the \(part) has ended by itself") }
        try await victim.destroy()
        switch part {
        case .agent:
            let agent = try scene.run()
            state.update { $0.agent = agent }
        case .collector:
            let collector = try ProcessSystem.collector(scene, lumberjack, http)
            state.update { $0.collector = collector }
        }
    }

    /// SIGTERM: the agent first, so that all of its deliveries are answered.
    func stop() async throws {
        let (agent, collector) = state.look { ($0.agent, $0.collector) }
        for (name, process) in [("agent", agent), ("collector", collector)] {
            let status = try await process.terminate()
            guard status == 0 else { throw ProcessFailure(description: "the \(name) ended with \(status)") }
        }
    }
}
