import CShim
import Glibc

/// Wakes a thread that waits for it; keeps one signal until it is seen.
///
/// - Source: eventfd(2).
final class Signal: Sendable {
    let descriptor: CInt

    init() {
        descriptor = eventfd(0, CInt(EFD_CLOEXEC))
        precondition(descriptor >= 0, "no descriptor left for an eventfd")
    }

    deinit { close(descriptor) }

    func send() { _ = eventfd_write(descriptor, 1) }

    /// Waits until there is a signal, and takes it.
    func wait() {
        var value: eventfd_t = 0
        while unsafe eventfd_read(descriptor, &value) != 0, errno == EINTR {}
    }
}
