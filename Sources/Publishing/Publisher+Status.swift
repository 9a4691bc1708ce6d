import EventModel

/// What the pipeline tells of itself.
extension Publisher {
    /// When `advance` has something to do next, if nothing else happens; nil: never.
    package var nextDeadline: MonotonicTime? {
        lanes.indices.compactMap { lanes[$0].deadline ?? sealDeadline($0) }.min()
    }

    /// Everything is settled, or was given up until the next start.
    package var isDrained: Bool { lanes.indices.allSatisfy { !queues[$0].hasOpenLines && lanes[$0].isDrained } }

    /// Nothing is open, waiting or in flight.
    package var isIdle: Bool { queues.allSatisfy(\.isEmpty) }

    /// A lane is waiting before it tries again.
    package var isBackingOff: Bool { lanes.contains { if case .backingOff = $0.state { true } else { false } } }

    /// Bytes of the events that are not settled, counted from the batches themselves, and the deliveries in flight.
    package var pending: (bytes: UInt64, deliveries: Int) {
        (queues.reduce(0) { $0 &+ $1.pendingBytes }, lanes.reduce(0) { $0 + $1.inFlight.count })
    }

    /// Bytes of the events in the deliveries in flight: sent, and not answered.
    package var inFlightBytes: UInt64 {
        lanes.indices.reduce(0) { sum, lane in
            lanes[lane].inFlight.reduce(sum) {
                $0 &+ queues[lane].bytes(of: $1.parcel.events, sequence: $1.parcel.sequence)
            }
        }
    }

    /// When the oldest lines that are not settled were read (ms since 1970); nil: there are none.
    package var oldestPending: Int64? { queues.compactMap(\.oldestPending).min() }

    /// Bytes that are neither settled nor pending: always 0. Costs a look at each batch in flight.
    package var unaccounted: Int64 { counts.total.unaccounted(pending: pending.bytes) }

    /// Stops a debug build whose ledger does not close.
    package func assertLedgerCloses() {
        assert(unaccounted == 0, "the ledger does not close: \(unaccounted) bytes")
    }

    /// The same for each generation that has a ledger or something pending: all 0.
    ///
    /// Costs a look at each line of the batches that are settled in part, so it is for tests and for people who ask.
    package var unaccountedByGeneration: [GenerationKey: Int64] {
        var pending: [GenerationKey: UInt64] = [:]
        for queue in queues { queue.addPending(to: &pending) }
        var result = counts.generations.reduce(into: [:]) { result, entry in
            result[entry.key] = entry.value.unaccounted(pending: pending[entry.key] ?? 0)
        }
        for (key, bytes) in pending where result[key] == nil { result[key] = Ledger().unaccounted(pending: bytes) }
        return result
    }
}
