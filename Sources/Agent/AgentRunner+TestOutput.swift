import AgentConfig
import ElasticsearchOutput
import HTTPOutput
import KafkaOutput
import Logging
import LokiOutput
import LumberjackOutput
import NIOCore
import NIOPosix
import OTLPOutput
import Publishing
import TCPOutput
import Transport

/// Trying the outputs without shipping anything.
extension AgentRunner {
    /// Resolves, connects, does TLS and the protocol's hello with each configured output.
    ///
    /// - Parameter report: gets each line as soon as it is known: `  dns lookup... OK (1.2 ms)`.
    package static func testOutput(
        _ options: ConfigOptions, report: @escaping @Sendable (String) -> Void
    ) async -> ExitStatus {
        let settings: AgentSettings
        do {
            settings = try load(options)
        } catch {
            for problem in error.errors { report("error: \(problem)") }
            return .configuration
        }
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let factory = OutputFactory(
            group: group, logger: Logger(label: "needletail") { _ in SwiftLogNoOpLogHandler() }, host: settings.name)
        var isOK = true
        for plan in settings.outputs {
            do {
                let output = try factory.make(plan, counters: nil)
                let tested = await Result { try await test(output, plan, on: group.next(), report) }
                await output.shutdown()
                isOK = try tested.get() && isOK
            } catch {
                report("\(plan.name): ERROR \(error)")
                isOK = false
            }
        }
        try? await group.shutdownGracefully()
        return isOK ? .success : .notDelivered
    }

    private static func test(
        _ output: any Output, _ plan: OutputPlan, on loop: any EventLoop, _ report: @Sendable (String) -> Void
    ) async throws -> Bool {
        guard let hosts = try await probes(output, plan, on: loop) else {
            report("\(plan.name) (\(plan.kind.label)): \(output.traits.endpoint): nothing to connect to, OK")
            return true
        }
        var isOK = true
        for probe in hosts {
            report("\(plan.name) (\(plan.kind.label)): \(probe.endpoint)...")
            for step in probe.steps {
                let time = HumanText.milliseconds(step.took)
                report("  \(step.name)... \(step.isOK ? "OK" : "ERROR") (\(time)) \(step.detail)")
            }
            isOK = isOK && probe.isOK
        }
        return isOK
    }
}

extension AgentRunner {
    /// What was found out about each host; nil for an output that connects to nothing.
    private static func probes(
        _ output: any Output, _ plan: OutputPlan, on loop: any EventLoop
    ) async throws -> [ProbeReport]? {
        let userAgent = "needletail/\(AgentVersion.text)"
        switch plan.kind {
        case .http(let settings): return try await HTTPOutput.probe(settings, userAgent: userAgent, on: loop)
        case .otlp(let settings): return try await OTLPOutput.probe(settings, userAgent: userAgent, on: loop)
        case .loki(let settings): return try await LokiOutput.probe(settings, userAgent: userAgent, on: loop)
        case .elasticsearch(let settings):
            return try await ElasticsearchOutput.probe(settings, version: AgentVersion.text, on: loop)
        default: break
        }
        if let kafka = output as? KafkaOutput { return [await kafka.probe()] }
        return await (output as? any ProbedOutput)?.probe()
    }
}

extension Result where Failure == any Error {
    /// The outcome of an asynchronous call.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}

/// An output that can try its hosts without sending an event.
protocol ProbedOutput: Output {
    func probe() async -> [ProbeReport]
}

extension TCPOutput: ProbedOutput {}
extension LumberjackOutput: ProbedOutput {}
