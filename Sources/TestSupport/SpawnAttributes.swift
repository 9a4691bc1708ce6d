import CShim
package import Glibc

/// How tests start programs.
package enum SpawnAttributes {
    /// Threads of the concurrency runtime block signals, and a program would inherit that: it could not be ended.
    /// - Returns: attributes for `posix_spawn`, to be destroyed by the caller.
    package static func withoutBlockedSignals() -> posix_spawnattr_t {
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        return attributes
    }

    /// Called last of all. NIO's sockets would be inherited, and a connection does not end while a child holds it.
    package static func closeOthers(_ actions: inout posix_spawn_file_actions_t) {
        unsafe nt_spawn_close_others(&actions)
    }
}
