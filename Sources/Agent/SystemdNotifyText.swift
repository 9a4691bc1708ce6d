import Publishing

/// The line under "Status:" in `systemctl status needletail`.
package enum SystemdNotifyText {
    /// `1.2 MB/s, 3.4 MB behind (oldest line 0.2 s), 12 of 40 files active; tcp output: connection refused`.
    ///
    /// - Parameters:
    ///   - earlier: a snapshot taken some seconds before, for the rate; nil: no rate is known yet.
    package static func text(from earlier: AgentStatus?, to later: AgentStatus) -> String {
        let lag = later.pipelines.reduce(0) { $0 + $1.lagBytes }
        let oldest = later.pipelines.map(\.lag).max() ?? .zero
        var parts: [String] = []
        if let rate = rate(from: earlier, to: later) { parts.append("\(HumanText.bytes(rate))/s") }
        parts.append(
            lag == 0
                ? "nothing behind" : "\(HumanText.bytes(lag)) behind (oldest line \(HumanText.duration(oldest)))")
        let active = later.pipelines.map(\.filesActive).max() ?? 0
        let known = later.pipelines.map(\.filesKnown).max() ?? 0
        parts.append("\(active) of \(known) files active")
        var text = parts.joined(separator: ", ")
        if let trouble = later.registryTrouble { text += "; positions cannot be stored: \(trouble)" }
        for pipeline in later.pipelines {
            if let failure = pipeline.lastFailure { text += "; output \(pipeline.name): \(failure)" }
        }
        return text
    }

    /// Bytes settled per second between the two.
    private static func rate(from earlier: AgentStatus?, to later: AgentStatus) -> UInt64? {
        guard let earlier, later.time > earlier.time else { return nil }
        let settled = later.pipelines.reduce(0) { $0 + $1.settledBytes }
        let before = earlier.pipelines.reduce(0) { $0 + $1.settledBytes }
        guard settled >= before else { return nil }
        return (settled - before) * 1000 / UInt64(later.time - earlier.time)
    }
}
