import Synchronization

/// One of the hosts, and what has been learnt of it.
final class HTTPHost: Sendable {
    let url: TargetURL
    /// Bytes of an uncompressed body that it takes; falls with each 413 and stays until the agent starts again.
    private let limit: Atomic<Int>

    init(url: TargetURL, limit: Int) {
        self.url = url
        self.limit = Atomic(limit)
    }

    var bodyLimit: Int { limit.load(ordering: .relaxed) }

    /// A body of this many bytes was too large: the next ones are half as large at most.
    func refused(bytes: Int) {
        let half = max(1, bytes / 2)
        var known = bodyLimit
        while half < known {
            let (done, now) = limit.weakCompareExchange(
                expected: known, desired: half, successOrdering: .relaxed, failureOrdering: .relaxed)
            if done { return }
            known = now
        }
    }
}
