import CShim
import Glibc
import Synchronization

/// A thread of our own, for work that blocks.
///
/// - Precondition: the name has 15 characters at most.
package final class NamedThread: Sendable {
    private final class Start: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(_ name: String, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }

    /// nil once it was joined.
    private let handle: Mutex<pthread_t?>

    package init(_ name: String, _ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let start = unsafe Unmanaged.passRetained(Start(name, body)).toOpaque()
        let code = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
                unsafe nt_name_thread(start.name)
                start.body()
                return nil
            }, start)
        precondition(code == 0, "pthread_create: error \(code)")
        handle = Mutex(thread)
    }

    /// A thread that nobody waited for ends by itself.
    deinit { handle.withLock { if let thread = $0 { pthread_detach(thread) } } }

    /// Waits for the end of the body. Later calls return at once.
    package func join() {
        let thread = handle.withLock { handle in
            defer { handle = nil }
            return handle
        }
        guard let thread else { return }
        pthread_join(thread, nil)
    }
}
