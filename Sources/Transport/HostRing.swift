/// Which of an output's hosts a lane talks to.
///
/// Failover: all lanes start at the first host, go to the next one when theirs fails, and stay there. Load balance: each
/// lane has a home, goes to the next host when that fails, and tries its home again after a minute (then two, four, up
/// to fifteen while it keeps failing), so that the load is even again after an outage.
package struct HostRing: Sendable {
    package static let firstAbsence = Duration.seconds(60)
    package static let longestAbsence = Duration.seconds(15 * 60)

    private let hosts: [Endpoint]
    private let home: Int?
    private var index: Int
    private var absence = HostRing.firstAbsence
    private var left: Duration?

    /// - Parameters:
    ///   - hosts: at least one.
    ///   - lane: number of the lane; with load balance it gives the home.
    package init(_ hosts: [Endpoint], lane: Int, loadBalance: Bool) {
        precondition(!hosts.isEmpty)
        self.hosts = hosts
        home = loadBalance && hosts.count > 1 ? lane % hosts.count : nil
        index = home ?? 0
    }

    package var current: Endpoint { hosts[index] }

    /// The host did not do; the next attempt goes to the next one.
    /// - Parameter now: time on any clock that does not go back.
    package mutating func failed(now: Duration) {
        if index == home, left != nil { absence = min(absence * 2, HostRing.longestAbsence) }
        index = (index + 1) % hosts.count
        if let home, index != home { left = now }
    }

    /// The connection to the current host works.
    package mutating func worked() {
        guard index == home else { return }
        left = nil
        absence = HostRing.firstAbsence
    }

    /// Whether the lane has been away from home for long enough to try it again.
    package func isHomeDue(now: Duration) -> Bool {
        guard let home, let left, index != home else { return false }
        return now - left >= absence
    }

    /// The next connection goes home.
    package mutating func goHome() {
        if let home { index = home }
    }
}
