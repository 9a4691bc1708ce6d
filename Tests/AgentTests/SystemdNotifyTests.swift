import Agent
import Glibc
import Publishing
import Testing

struct SystemdNotifyTests {
    /// What the service manager holds: a datagram socket with a name.
    private final class Manager {
        let descriptor: Int32
        let name: String

        /// - Parameter name: a path, or `@…` for the abstract namespace.
        init(_ name: String) throws {
            self.name = name
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            let abstract = name.hasPrefix("@")
            var address = UnixName.make(abstract ? "\0" + name.dropFirst() : name)
            let length = MemoryLayout<sa_family_t>.size + name.utf8.count + (abstract ? 0 : 1)
            try unsafe withUnsafePointer(to: &address) { pointer in
                let generic = unsafe UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self)
                let failure = unsafe bind(descriptor, generic, socklen_t(length))
                try #require(failure == 0)
            }
        }

        deinit {
            close(descriptor)
            _ = unsafe unlink(name)
        }

        /// The next message; empty when there is none.
        func next() -> String {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
            return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        }

        var environment: (String) -> String? {
            { [name] in $0 == "NOTIFY_SOCKET" ? name : nil }
        }
    }

    @Test(arguments: ["/tmp/needletail-notify-\(getpid()).sock", "@needletail-notify-\(getpid())"])
    func `the service manager hears how the agent is`(_ name: String) throws {
        let manager = try Manager(name)
        let notify = try #require(SystemdNotify(environment: manager.environment))
        notify.ready(status: "starting")
        notify.status("1.2 MB/s,\nnothing behind")
        notify.watchdog()
        notify.stopping(status: "draining")
        #expect(manager.next() == "READY=1\nSTATUS=starting")
        #expect(manager.next() == "STATUS=1.2 MB/s, nothing behind")
        #expect(manager.next() == "WATCHDOG=1")
        #expect(manager.next() == "STOPPING=1\nSTATUS=draining")
        #expect(manager.next() == "")
    }

    @Test func `without a service manager there is nobody to tell`() {
        #expect(SystemdNotify(environment: { _ in nil }) == nil)
        #expect(SystemdNotify(environment: { $0 == "NOTIFY_SOCKET" ? "vsock:2:1" : nil }) == nil)
        #expect(SystemdNotify(environment: { _ in "/" + String(repeating: "x", count: 108) }) == nil)
    }

    @Test func `a service manager that is gone is no error`() throws {
        let notify = try #require(SystemdNotify(environment: { $0 == "NOTIFY_SOCKET" ? "/nonexistent/socket" : nil }))
        notify.ready(status: "starting")
    }

    @Test(arguments: [
        ("30000000", nil, Duration.seconds(15)), ("30000000", "\(getpid())", .seconds(15)), ("30000000", "1", nil),
        ("0", nil, nil), ("x", nil, nil), (nil, nil, nil),
    ])
    func `the watchdog wants half of its time, from the process that it names`(
        _ limit: String?, _ process: String?, _ expected: Duration?
    ) throws {
        let notify = try #require(
            SystemdNotify { name in
                switch name {
                case "NOTIFY_SOCKET": "/run/x"
                case "WATCHDOG_USEC": limit
                case "WATCHDOG_PID": process
                default: nil
                }
            })
        #expect(notify.watchdogInterval == expected)
    }

    @Test func `the status line says rate, lag and files`() {
        var later = StatusExample.pipeline()
        later.settled[0] = PipelineStatus.Settled(reason: "delivered", bytes: 12_900_000)
        let text = SystemdNotifyText.text(
            from: StatusExample.agent(), to: StatusExample.agent([later], after: 70_000))
        #expect(text == "1.2 MB/s, 123.5 kB behind (oldest line 1.5 s), 3 of 40 files active")
    }

    @Test func `the status line says what is wrong`() {
        var pipeline = StatusExample.pipeline()
        pipeline.lagBytes = 0
        pipeline.lastFailure = "connection refused"
        var status = StatusExample.agent([pipeline])
        status.registryTrouble = "disk full"
        #expect(
            SystemdNotifyText.text(from: nil, to: status)
                == "nothing behind, 3 of 40 files active; positions cannot be stored: disk full; "
                + "output logstash: connection refused")
    }
}
