import FileRegistry

/// Lets reading go on only while the registry is not too far behind.
///
/// While positions cannot be committed (disk full, read-only), settled bytes would be read and sent again after a
/// crash. So reading pauses before more of them than the budget have come together, and goes on by itself.
struct RegistryGate {
    private let store: any RegistryStore
    private let budget: UInt64
    /// Settled bytes at the time of each ticket that is not committed yet.
    private var outstanding: [(ticket: UInt64, settled: UInt64)] = []
    private var committedBytes: UInt64 = 0
    private var settledBytes: UInt64 = 0

    init(store: any RegistryStore, budget: UInt64) {
        self.store = store
        self.budget = budget
    }

    mutating func note(ticket: UInt64?, settled: UInt64) {
        settledBytes = settled
        if let ticket { outstanding.append((ticket, settled)) }
        let committed = store.committed
        let done = outstanding.prefix { $0.ticket <= committed }
        guard let last = done.last else { return }
        committedBytes = last.settled
        outstanding.removeFirst(done.count)
    }

    /// Bytes that a crash would now send again though they were settled.
    var behind: UInt64 { outstanding.isEmpty ? 0 : settledBytes - committedBytes }

    var isClosed: Bool { behind > budget && store.trouble != nil }

    /// Why nothing is read; nil when all is well.
    var reason: String? { isClosed ? store.trouble : nil }
}
