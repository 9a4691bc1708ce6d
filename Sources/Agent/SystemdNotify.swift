import Glibc

/// Tells the service manager how the agent is, over the datagram socket that it names in `NOTIFY_SOCKET`.
///
/// A message that can't be sent is dropped: the service manager is there for us, and not the other way round.
/// - Shape: one unconnected, non-blocking socket.
/// - Source: sd_notify(3), sd_watchdog_enabled(3).
package final class SystemdNotify: Sendable {
    private let descriptor: Int32
    private let address: [UInt8]
    /// How often `watchdog` should be called: half of what the unit's `WatchdogSec` allows; nil: not asked for.
    package let watchdogInterval: Duration?

    /// - Parameter environment: looks up a variable; `NOTIFY_SOCKET` names the socket, `WATCHDOG_USEC` and
    ///   `WATCHDOG_PID` say what is expected of whom.
    /// - Returns: nil when no service manager wants to know.
    package init?(environment: (String) -> String? = SystemdNotify.variable) {
        guard let path = environment("NOTIFY_SOCKET"), path.count > 1, path.utf8.count < 108,
            path.hasPrefix("/") || path.hasPrefix("@")
        else { return nil }
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        address = Array(path.utf8)
        watchdogInterval = SystemdNotify.watchdog(environment)
    }

    deinit { close(descriptor) }

    /// The agent is up: configuration read, registry open, inputs about to read.
    package func ready(status: String) { send("READY=1\nSTATUS=\(SystemdNotify.oneLine(status))") }

    /// One line for `systemctl status`.
    package func status(_ text: String) { send("STATUS=\(SystemdNotify.oneLine(text))") }

    /// Keeps the watchdog quiet; to be called only after the agent's threads have shown that they move.
    package func watchdog() { send("WATCHDOG=1") }

    package func stopping(status: String) { send("STOPPING=1\nSTATUS=\(SystemdNotify.oneLine(status))") }

    private func send(_ message: String) {
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &name.sun_path) { path in
            for (index, byte) in address.enumerated() { unsafe path[index] = byte }
            // A name that begins with @ is in the abstract namespace: its first byte is 0 (unix(7)).
            if address[0] == UInt8(ascii: "@") { unsafe path[0] = 0 }
        }
        // The length counts for abstract names; a path ends at its terminator.
        let length = MemoryLayout<sa_family_t>.size + address.count + (address[0] == UInt8(ascii: "@") ? 0 : 1)
        let bytes = Array(message.utf8)
        unsafe withUnsafePointer(to: &name) { pointer in
            let generic = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
            _ = unsafe sendto(
                descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL), generic, socklen_t(length))
        }
    }

    private static func watchdog(_ environment: (String) -> String?) -> Duration? {
        guard let text = environment("WATCHDOG_USEC"), let limit = Int64(text), limit > 1 else { return nil }
        if let process = environment("WATCHDOG_PID"), process != String(getpid()) { return nil }
        return .microseconds(limit / 2)
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }

    /// A variable of the process's environment.
    package static let variable: @Sendable (String) -> String? = { name in
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
