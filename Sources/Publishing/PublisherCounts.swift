/// The numbers of one pipeline, in total and per file generation.
///
/// - Units: bytes of input files in the ledgers; the rest counts since the start of the process.
package struct PublisherCounts: Sendable {
    package private(set) var total = Ledger()
    /// One ledger per generation that was read since the start, until it is forgotten or a newer one of the same file
    /// is begun, and everything read of it is settled.
    package private(set) var generations: [GenerationKey: Ledger] = [:]
    /// Batches sealed with at least one event, and the events in them.
    package internal(set) var batches = 0
    package internal(set) var events = 0
    /// Events that the output took.
    package internal(set) var delivered = 0
    /// Events that were put into the dead letters.
    package internal(set) var deadLetters = 0
    /// Deliveries sent again.
    package internal(set) var retries = 0
    /// Deliveries of which something has to be sent again.
    package internal(set) var failures = 0
    /// Generations that are forgotten as soon as they are closed.
    private var leaving: Set<GenerationKey> = []

    package init() {}

    mutating func settle(_ key: GenerationKey, _ bytes: UInt64, _ reason: SettledReason) {
        total.addSettled(bytes, reason)
        generations[key, default: Ledger()].addSettled(bytes, reason)
        if !leaving.isEmpty, leaving.contains(key) { forget(key) }
    }

    mutating func read(_ key: GenerationKey, _ bytes: UInt64, filtered: UInt64, empty: UInt64, cut: UInt64) {
        func add(to ledger: inout Ledger) {
            ledger.addRead(bytes)
            if filtered > 0 { ledger.addSettled(filtered, .filtered) }
            if empty > 0 { ledger.addSettled(empty, .empty) }
            if cut > 0 { ledger.addSettled(cut, .truncated) }
        }
        if generations[key] == nil, key.generation > 0 {
            forget(GenerationKey(fileID: key.fileID, generation: key.generation - 1))
        }
        add(to: &total)
        add(to: &generations[key, default: Ledger()])
    }

    /// Drops the ledger of a generation, now or when the last of its bytes is settled.
    mutating func forget(_ key: GenerationKey) {
        guard let ledger = generations[key] else { return }
        if ledger.isClosed {
            generations[key] = nil
            leaving.remove(key)
        } else {
            leaving.insert(key)
        }
    }
}
