import Agent
import ByteTools
import EventModel
import FileInput
import FileRegistry
import Glibc
import Logging
import Publishing
import Synchronization

final class MemoryRegistry: RegistryStore {
    let id = Atomic<Int64>(0)
    let ticket = Atomic<UInt64>(0)
    func nextID() -> Int64 { id.add(1, ordering: .relaxed).newValue }
    func records(pipeline: String) -> [FileRecord] { [] }
    func submit(_ records: [FileRecord], removed: [Int64]) -> UInt64 { ticket.add(1, ordering: .relaxed).newValue }
    var committed: UInt64 { ticket.load(ordering: .relaxed) }
    var trouble: String? { nil }
}

struct NullOutput: Output {
    let traits = OutputTraits(kind: "null", endpoint: "null", window: 4, maxEvents: 4096, maxBytes: 256 * 1024)
    func makeLane(_ index: Int) -> any OutputLane { NullLane() }
    func shutdown() async {}
}

@safe
final class NullLane: OutputLane, @unchecked Sendable {
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 * 1024, alignment: 16)
    func send(_ delivery: Delivery, reply: @escaping @Sendable (Reply) -> Void) {
        var encoder = EventEncoder(delivery.batch)
        var position = 0
        while position < delivery.events.count {
            var cursor = unsafe ByteCursor(scratch)
            while position < delivery.events.count, encoder.encode(delivery.events[position], to: &cursor) {
                position += 1
            }
        }
        reply(.delivered)
    }
    func close() {}
}

struct NoDeadLetters: DeadLetterSink { func keep(_ letters: [DeadLetter]) throws {} }

var input = FileInputSettings()
input.id = "bench"
input.paths = Array(CommandLine.arguments.dropFirst())
input.once = true
let agent = EventShape.Agent(
    id: "3d1f6a04-6b71-4b22-9f3e-0b6f7b3f1c11", ephemeralID: "7d1f6a04-6b71-4b22-9f3e-0b6f7b3f1c11", name: "host1",
    version: "0.1.0")
let plan = PipelinePlan(
    name: "bench", output: NullOutput(), settings: PipelineSettings(), inputs: [input], registry: MemoryRegistry(),
    deadLetters: NoDeadLetters(), logger: Logger(label: "bench"),
    shape: { _ in try EventShape(agent: agent, hostName: "host1") }, counters: EventCounters(), isOnce: true,
    firstStart: 0, start: 0, descriptors: 900)
let thread = PipelineThread(plan)
try await thread.wait()
print(plan.status.current)
