import AgentConfig
import EventModel
import FileInput
import FileRegistry
import Glibc
import Logging
import Parsing
import Publishing

/// Making the parts.
extension RunningAgent {
    /// Descriptors that are kept for outputs, the registry and the status page.
    private static let reservedDescriptors = 64

    static func registry(_ settings: AgentSettings) -> RegistrySettings {
        var registry = RegistrySettings(directory: settings.dataPath)
        registry.flushInterval = settings.registryFlush
        return registry
    }

    static func pipeline(
        _ plan: OutputPlan, output: any Output, counters: EventCounters, settings: AgentSettings,
        identity: AgentIdentity, store: any RegistryStore, firstStart: Int64?, once: Bool, descriptors: Int,
        logger: Logger
    ) -> PipelinePlan {
        var logger = logger
        logger[metadataKey: "pipeline"] = "\(plan.name)"
        let now = AgentClock.wallMilliseconds() * 1_000_000
        let letters = DeadLetterStore(
            directory: settings.dataPath + "/dead-letters/" + plan.name, pipeline: plan.name,
            maximumBytes: plan.pipeline.deadLetterBytes, logger: logger)
        return PipelinePlan(
            name: plan.name, output: output, settings: plan.pipeline,
            inputs: settings.inputs.map { input in
                var input = input
                input.once = input.once || once
                return input
            }, registry: store, deadLetters: letters, logger: logger,
            shape: { input in try EventShape(input, plan, identity) }, counters: counters, isOnce: once,
            firstStart: firstStart ?? now, start: now, descriptors: descriptors)
    }

    /// A write to a closed pipe is an error to be handled, and as many descriptors as the system allows are ours.
    static func prepareProcess() {
        signal(SIGPIPE, SIG_IGN)
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    static var descriptors: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 64 }
        return max(4, min(Int(clamping: limit.rlim_cur), 1_000_000) - reservedDescriptors)
    }
}

extension EventShape {
    /// The events of one input at one output.
    init(_ input: FileInputSettings, _ plan: OutputPlan, _ identity: AgentIdentity) throws {
        let agent = EventShape.Agent(
            id: identity.id, ephemeralID: identity.ephemeralID, name: identity.name, version: AgentVersion.text)
        try self.init(
            agent: agent, hostName: identity.name, tags: input.tags, fieldsJSON: input.fieldsJSON,
            fieldsUnderRoot: input.fieldsUnderRoot, codec: plan.codec)
        index = (input.index.isEmpty ? plan.index : input.index).lowercased()
        includesEventID = plan.includeEventID
        // There the index and the id stand in front of the event. An id that comes from the line takes this way to it.
        if case .elasticsearch = plan.kind { includesMetadata = input.ndjson?.documentID.isEmpty == false }
        inputType = input.kind.rawValue
        if let ndjson = input.decoder {
            target = ndjson.target
            parser = NdjsonParser(ndjson, keys: keys)
        }
    }
}

extension RunningAgent {
    /// What only shows when the parts are made: patterns, encodings, formats. One line each.
    static func problems(of settings: AgentSettings) -> [String] {
        let identity = AgentIdentity(id: "", ephemeralID: "", name: settings.name, hostname: "")
        var problems: [String] = []
        for input in settings.inputs {
            do {
                try FileInput.check(input)
                for plan in settings.outputs { _ = try EventShape(input, plan, identity) }
            } catch {
                problems.append("input \(input.id): \(error)")
            }
        }
        return problems
    }
}
