import Synchronization

/// One of the hosts, and what has been learnt of it.
package final class HTTPHost: Sendable {
    package let url: TargetURL
    /// Bytes of an uncompressed body that it takes; falls with each 413 and stays until the agent starts again.
    private let limit: Atomic<Int>

    package init(url: TargetURL, limit: Int) {
        self.url = url
        self.limit = Atomic(limit)
    }

    package var bodyLimit: Int { limit.load(ordering: .relaxed) }

    /// A body of this many bytes was too large: the next ones are half as large at most.
    package func refused(bytes: Int) {
        learned(limit: max(1, bytes / 2))
    }

    /// Bodies stay within this many bytes from now on, if they were larger before.
    package func learned(limit bytes: Int) {
        var known = bodyLimit
        while bytes < known {
            let (done, now) = limit.weakCompareExchange(
                expected: known, desired: bytes, successOrdering: .relaxed, failureOrdering: .relaxed)
            if done { return }
            known = now
        }
    }
}
