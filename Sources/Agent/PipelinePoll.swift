import CShim
import Glibc
import Publishing

/// What the pipeline's thread sleeps on: its mailbox, the watchers of its inputs, and standard input.
struct PipelinePoll {
    private let descriptor: Int32

    init() {
        descriptor = epoll_create1(Int32(EPOLL_CLOEXEC))
        precondition(descriptor >= 0, "no descriptor for epoll")
    }

    func close() { _ = Glibc.close(descriptor) }

    /// - Returns: false when the descriptor cannot be waited for (a regular file is always ready).
    @discardableResult
    func add(_ watched: Int32, tag: UInt32) -> Bool {
        var event = unsafe epoll_event()
        unsafe event.events = EPOLLIN.rawValue
        unsafe event.data.u32 = tag
        return unsafe epoll_ctl(descriptor, EPOLL_CTL_ADD, watched, &event) == 0
    }

    func remove(_ watched: Int32) { _ = epoll_ctl(descriptor, EPOLL_CTL_DEL, watched, nil) }

    /// Sleeps until something is ready or the time has come, and gives the tags of what is ready.
    /// - Parameter deadline: nil: for ever; in the past: does not sleep.
    func wait(until deadline: MonotonicTime?, now: MonotonicTime, _ ready: (UInt32) -> Void) {
        var timeout: Int32 = -1
        if let deadline {
            let left = max(0, deadline.nanoseconds - now.nanoseconds)
            timeout = Int32(min((left + 999_999) / 1_000_000, 3_600_000))
        }
        var events = unsafe [epoll_event](repeating: epoll_event(), count: 16)
        let count = unsafe epoll_wait(descriptor, &events, 16, timeout)
        for index in 0..<max(0, Int(count)) { unsafe ready(events[index].data.u32) }
    }
}

extension MonotonicTime {
    /// CLOCK_MONOTONIC.
    static var now: MonotonicTime {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec))
    }
}
