import FileRegistry
import Synchronization

/// Positions that nobody wants back: `ship` without `--resume`.
final class VolatileRegistry: RegistryStore {
    private let lastID = Atomic<Int64>(0)
    private let lastTicket = Atomic<UInt64>(0)

    func nextID() -> Int64 { lastID.add(1, ordering: .relaxed).newValue }
    func records(pipeline: String) -> [FileRecord] { [] }
    func submit(_ records: [FileRecord], removed: [Int64]) -> UInt64 { lastTicket.add(1, ordering: .relaxed).newValue }
    func hurry() {}
    var committed: UInt64 { lastTicket.load(ordering: .relaxed) }
    var trouble: String? { nil }
}
