import Glibc
import Synchronization

/// Held while a child is made, and while a descriptor is not yet marked as one that children do not inherit. A child that
/// kept the end of a pipe or a connection would keep others waiting for its end.
package enum ForkLock {
    private static let mutex = Mutex(())

    package static func withLock<Result>(_ body: () -> Result) -> Result { mutex.withLock { _ in body() } }

    /// A pipe that no child inherits.
    package static func pipe() -> (readEnd: CInt, writeEnd: CInt) {
        withLock {
            var ends: [CInt] = [-1, -1]
            precondition(unsafe Glibc.pipe(&ends) == 0, "no descriptors for a pipe")
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            return (ends[0], ends[1])
        }
    }
}
