package import FileRegistry
import Synchronization

/// Positions that nobody wants back: `ship` without `--resume`, and the benchmarks.
package final class VolatileRegistry: RegistryStore {
    private let lastID = Atomic<Int64>(0)
    private let lastTicket = Atomic<UInt64>(0)

    package init() {}

    package func nextID() -> Int64 { lastID.add(1, ordering: .relaxed).newValue }
    package func records(pipeline: String) -> [FileRecord] { [] }
    package func submit(_ records: [FileRecord], removed: [Int64]) -> UInt64 {
        lastTicket.add(1, ordering: .relaxed).newValue
    }
    package func hurry() {}
    package var committed: UInt64 { lastTicket.load(ordering: .relaxed) }
    package var trouble: String? { nil }
}
