import FileRegistry

/// Lets reading go on only while the registry is not too far behind.
///
/// While positions cannot be committed (disk full, read-only), settled bytes would be read and sent again after a crash.
/// So reading pauses before more bytes than the budget can come together there, and goes on by itself. What was read and
/// is not settled yet counts too, because nothing keeps it from being settled while reading pauses.
struct RegistryGate {
    private let store: any RegistryStore
    private let budget: UInt64
    /// Most bytes that are read between two looks at the gate.
    private let chunk: UInt64
    /// Settled bytes at the time of each ticket that is not committed yet.
    private var outstanding: [(ticket: UInt64, settled: UInt64)] = []
    /// Settled bytes that would not be read again after a crash.
    private var committedBytes: UInt64 = 0

    init(store: any RegistryStore, budget: UInt64, chunk: UInt64) {
        self.store = store
        self.budget = budget
        self.chunk = chunk
    }

    /// - Parameters:
    ///   - ticket: of rows that were given to the registrar just now.
    ///   - settled: bytes settled so far.
    mutating func note(ticket: UInt64?, settled: UInt64) {
        if let ticket { outstanding.append((ticket, settled)) }
        let committed = store.committed
        let done = outstanding.prefix { $0.ticket <= committed }
        if let last = done.last { committedBytes = last.settled }
        outstanding.removeFirst(done.count)
        if outstanding.isEmpty { committedBytes = settled }
    }

    /// - Parameter read: bytes read so far. A line longer than the budget passes when nothing else is on its way.
    func isClosed(read: UInt64) -> Bool { reason(read: read) != nil }

    /// Why nothing is read; nil when all is well.
    func reason(read: UInt64) -> String? {
        guard read > committedBytes, read - committedBytes + chunk > budget else { return nil }
        return store.trouble.map { "the registry cannot be written: \($0)" }
    }
}
