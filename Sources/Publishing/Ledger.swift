/// Why bytes are settled: they need not be read again.
package enum SettledReason: Int, Sendable, CaseIterable {
    /// Acknowledged by the collector.
    case delivered
    /// Dropped by `include_lines` or `exclude_lines`.
    case filtered
    /// Empty lines, which make no event.
    case empty
    /// Refused by the collector for good, and kept in the dead letters.
    case deadLetter
    /// Bytes of a line behind `message_max_bytes`.
    case truncated

    /// Name in metrics and `/stats`.
    package var label: String {
        switch self {
        case .delivered: "delivered"
        case .filtered: "filtered"
        case .empty: "empty"
        case .deadLetter: "dead_letter"
        case .truncated: "truncated"
        }
    }
}

/// What was read and what became of it, in bytes.
///
/// Invariant: `read == settled (all reasons) + pending`, where pending is counted elsewhere, from the batches that
/// exist. The difference is `unaccounted`, and is 0 at every moment.
package struct Ledger: Sendable, Equatable {
    package private(set) var read: UInt64 = 0
    private var settled = InlineArray<5, UInt64>(repeating: 0)

    package init() {}

    package mutating func addRead(_ bytes: UInt64) { read += bytes }

    package mutating func addSettled(_ bytes: UInt64, _ reason: SettledReason) { settled[reason.rawValue] += bytes }

    package func settled(_ reason: SettledReason) -> UInt64 { settled[reason.rawValue] }

    package var settledTotal: UInt64 {
        var sum: UInt64 = 0
        for index in 0..<SettledReason.allCases.count { sum += settled[index] }
        return sum
    }

    /// Everything that was read is settled.
    package var isClosed: Bool { read == settledTotal }

    /// Bytes that are neither settled nor pending.
    /// - Parameter pending: bytes of the events in batches that are not settled.
    package func unaccounted(pending: UInt64) -> Int64 {
        Int64(bitPattern: read &- settledTotal &- pending)
    }

    package static func == (left: Ledger, right: Ledger) -> Bool {
        left.read == right.read && SettledReason.allCases.allSatisfy { left.settled($0) == right.settled($0) }
    }
}

/// One generation of one file.
package struct GenerationKey: Sendable, Hashable {
    package let fileID: Int64
    package let generation: UInt32

    package init(fileID: Int64, generation: UInt32) {
        self.fileID = fileID
        self.generation = generation
    }
}
