/// What a pipeline is told: how much may be in flight, and how it retries.
package struct PipelineSettings: Sendable, Equatable {
    /// Bytes of batches between reading and settlement (`queue.mem.bytes`).
    package var budgetBytes = 16 * 1024 * 1024
    /// How long lines wait for company while something is in flight (`queue.mem.flush.timeout`).
    package var batchAge = Duration.milliseconds(100)
    /// `backoff.init`, `backoff.max`: the first and the longest wait, before jitter.
    package var backoffInitial = Duration.seconds(1)
    package var backoffMaximum = Duration.seconds(60)
    /// How often events are sent again before they are dead letters; nil: for ever (`max_retries: -1`).
    package var maxRetries: Int?
    /// Bytes of dead letters that are kept (`dead_letters.max_bytes`).
    package var deadLetterBytes = 100 * 1024 * 1024

    package init() {}
}
