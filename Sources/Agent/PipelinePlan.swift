package import EventModel
package import FileInput
package import FileRegistry
package import Logging
package import Publishing
import Synchronization

/// Everything that a pipeline's thread needs to begin: all of it values, or safe to share.
package struct PipelinePlan: Sendable {
    package let name: String
    package let output: any Output
    package let settings: PipelineSettings
    package let inputs: [FileInputSettings]
    package let registry: any RegistryStore
    package let deadLetters: any DeadLetterSink
    package let logger: Logger
    /// Makes the event shape of an input at this output.
    package let shape: @Sendable (FileInputSettings) throws -> EventShape
    package let counters: EventCounters
    package let status: SharedStatus
    package let isOnce: Bool
    package let firstStart: Int64
    package let start: Int64
    /// Descriptors that the files of this pipeline may take.
    package let descriptors: Int
    /// gzip files, read as streams with the settings of the first file input.
    package var compressedFiles: [String] = []
    /// Pings that the thread has answered.
    let pongs = PingCount()

    package init(
        name: String, output: any Output, settings: PipelineSettings, inputs: [FileInputSettings],
        registry: any RegistryStore, deadLetters: any DeadLetterSink, logger: Logger,
        shape: @escaping @Sendable (FileInputSettings) throws -> EventShape, counters: EventCounters,
        isOnce: Bool, firstStart: Int64, start: Int64, descriptors: Int
    ) {
        self.name = name
        self.output = output
        self.settings = settings
        self.inputs = inputs
        self.registry = registry
        self.deadLetters = deadLetters
        self.logger = logger
        self.shape = shape
        self.counters = counters
        let traits = output.traits
        status = SharedStatus(PipelineStatus(name: name, outputKind: traits.kind, endpoint: traits.endpoint))
        self.isOnce = isOnce
        self.firstStart = firstStart
        self.start = start
        self.descriptors = descriptors
    }

    func makeInputs() throws -> [FileInput] {
        let files = inputs.filter { $0.kind != .stdin }
        return try files.map { input in
            let shape = try shape(input)
            let context = FileInputContext(
                pipeline: name, registry: registry, logger: logger, firstStart: firstStart, start: start,
                descriptors: max(1, descriptors / files.count)
            ) { facts in
                PipelinePlan.template(facts, shape)
            }
            return try FileInput(input, context: context)
        }
    }

    /// Standard input, and compressed files that are shipped once.
    func makeStreams() throws -> [StreamInput] {
        var streams: [StreamInput] = []
        for input in inputs where input.kind == .stdin {
            let shape = try shape(input)
            streams.append(
                try StreamInput(standardInput: input, logger: logger) { key in
                    shape.template(for: .init(path: Array("-".utf8), idKey: key))
                })
        }
        for path in compressedFiles {
            guard let input = inputs.first(where: { $0.kind != .stdin }) else { break }
            let shape = try shape(input)
            streams.append(
                try StreamInput(gzip: path, input, pipeline: name, registry: registry, logger: logger) {
                    PipelinePlan.template($0, shape)
                })
        }
        return streams
    }

    private static func template(_ facts: FileFacts, _ shape: EventShape) -> EventTemplate {
        shape.template(
            for: .init(
                path: Array(facts.path.utf8), deviceID: String(facts.device), inode: String(facts.inode),
                fingerprint: facts.fingerprint, idKey: facts.idKey))
    }
}

/// The last status that a pipeline's thread has published.
package final class SharedStatus: Sendable {
    private let value: Mutex<PipelineStatus>

    package init(_ value: PipelineStatus) { self.value = Mutex(value) }

    func withLock(_ body: (inout PipelineStatus) -> Void) { value.withLock { body(&$0) } }
    package var current: PipelineStatus { value.withLock { $0 } }
}

/// How often a pipeline's thread has shown that it moves.
final class PingCount: Sendable {
    private let value = Atomic<Int>(0)

    func addOne() { value.add(1, ordering: .relaxed) }
    var current: Int { value.load(ordering: .relaxed) }
}
