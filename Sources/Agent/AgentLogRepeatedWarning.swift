/// Lets a warning that would come again and again through once a minute, with the number of times it came.
///
/// ```
/// if let total = warning.occurred(at: clock.now) {
///     logger.warning("An event was refused", metadata: ["total": "\(total)"])
/// }
/// ```
/// - Shape: no timer; what came after the last line is told with the next one, or by `flush` at the end.
package struct RepeatedWarning: Sendable {
    private let interval: Duration
    private var lastTold: ContinuousClock.Instant?
    private var untold = 0
    /// How often it came since the beginning.
    package private(set) var total = 0

    package init(every interval: Duration = .seconds(60)) {
        self.interval = interval
    }

    /// Counts occurrences.
    /// - Returns: how many have come since the last line, these included, when it is time for a line; nil otherwise.
    package mutating func occurred(_ count: Int = 1, at now: ContinuousClock.Instant) -> Int? {
        total += count
        untold += count
        if let lastTold, now - lastTold < interval { return nil }
        lastTold = now
        return flush()
    }

    /// What has not been told yet; nil when there is nothing.
    package mutating func flush() -> Int? {
        defer { untold = 0 }
        return untold > 0 ? untold : nil
    }
}
