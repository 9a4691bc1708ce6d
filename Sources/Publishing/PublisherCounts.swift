/// The numbers of one pipeline, in total and per file generation.
package struct PublisherCounts: Sendable {
    package private(set) var total = Ledger()
    package private(set) var generations: [GenerationKey: Ledger] = [:]
    package var batches = 0
    package var events = 0
    package var delivered = 0
    package var deadLetters = 0
    package var retries = 0
    package var failures = 0

    package init() {}

    mutating func settle(_ key: GenerationKey, _ bytes: UInt64, _ reason: SettledReason) {
        total.addSettled(bytes, reason)
        generations[key, default: Ledger()].addSettled(bytes, reason)
    }

    mutating func read(_ key: GenerationKey, _ bytes: UInt64, filtered: UInt64, empty: UInt64, cut: UInt64) {
        func add(to ledger: inout Ledger) {
            ledger.addRead(bytes)
            if filtered > 0 { ledger.addSettled(filtered, .filtered) }
            if empty > 0 { ledger.addSettled(empty, .empty) }
            if cut > 0 { ledger.addSettled(cut, .truncated) }
        }
        add(to: &total)
        add(to: &generations[key, default: Ledger()])
    }

    mutating func forget(_ key: GenerationKey) { generations[key] = nil }
}
