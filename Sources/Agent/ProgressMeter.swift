/// Makes rate and time left from one `ShipProgress` after another.
///
/// The rate is that of the last few seconds: bytes over time, both of which fade. A step of t seconds leaves 3 / (3 + t)
/// of what was known before (0.1 s: 97 %, 1 s: 75 %, 3 s: 50 %).
package struct ProgressMeter: Sendable {
    private var last: ShipProgress?
    private var bytes = 0.0
    private var seconds = 0.0

    package init() {}

    /// - Returns: what can be shown of the progress now.
    package mutating func update(_ progress: ShipProgress) -> ProgressView {
        guard let last else {
            self.last = progress
            return ProgressView(progress: progress, rate: nil)
        }
        let step = (progress.elapsed - last.elapsed).inSeconds
        if step >= 0.05 {
            let settled = progress.settledBytes >= last.settledBytes ? progress.settledBytes - last.settledBytes : 0
            let kept = 3 / (3 + step)
            bytes = bytes * kept + Double(settled)
            seconds = seconds * kept + step
            self.last = progress
        }
        return ProgressView(progress: progress, rate: seconds > 0 ? bytes / seconds : nil)
    }
}

/// A progress with its rate: what the bar and `--json` show.
package struct ProgressView: Sendable, Equatable {
    package var progress: ShipProgress
    /// Bytes settled per second of late; nil: not known yet.
    package var rate: Double?

    package init(progress: ShipProgress, rate: Double?) {
        self.progress = progress
        self.rate = rate
    }

    /// Share of the input that is settled, 0 to 1; nil while the total is unknown.
    package var share: Double? {
        guard let total = progress.totalBytes else { return nil }
        return total == 0 ? 1 : min(1, Double(progress.settledBytes) / Double(total))
    }

    /// Time until everything is settled at this rate; nil when nobody can say.
    package var remaining: Duration? {
        guard let total = progress.totalBytes, let rate, rate > 0 else { return nil }
        let left = total > progress.settledBytes ? total - progress.settledBytes : 0
        return .seconds(min(Double(left) / rate, 1e9))
    }

    /// Mean rate over the whole run, in bytes per second, without what an earlier run had settled.
    package var meanRate: Double {
        let seconds = progress.elapsed.inSeconds
        let settled = progress.settledBytes - min(progress.settledBytes, progress.resumedBytes)
        return seconds > 0 ? Double(settled) / seconds : 0
    }
}
