import Glibc

/// A program that runs to its end, with what it wrote.
package struct ChildProcess {
    /// Exit status; 128 + signal when a signal ended it; -1 when it could not be started.
    package let status: Int32
    package let output: String
    package let errors: String

    /// Runs a program and waits for it, away from the cooperative pool.
    /// - Parameters:
    ///   - path: looked up in `PATH` when it holds no slash.
    ///   - input: what the program reads from standard input; less than a pipe holds (64 KiB).
    ///   - limit: a program that takes longer is killed, and `errors` says so.
    package static func run(
        _ path: String, _ arguments: [String] = [], input: String = "", limit: Duration = .seconds(60)
    ) async -> ChildProcess {
        await OwnThreads.run { runHere(path, arguments, input: input, limit: limit) }
    }

    /// The same on this thread, which waits until the program has ended: for a thread that may block.
    package static func runHere(
        _ path: String, _ arguments: [String] = [], input: String = "", limit: Duration = .seconds(60)
    ) -> ChildProcess {
        let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
        stdin.put(input)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, stdin.readEnd, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, stdout.writeEnd, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, stderr.writeEnd, 2)
        unsafe SpawnAttributes.closeOthers(&actions)
        var attributes = SpawnAttributes.withoutBlockedSignals()
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in 0...arguments.count { unsafe free(words[index]) } }
        var process: pid_t = 0
        let failure = ForkLock.withLock {
            unsafe posix_spawnp(&process, path, &actions, &attributes, &words, environ)
        }
        close(stdin.readEnd)
        close(stdin.writeEnd)
        close(stdout.writeEnd)
        close(stderr.writeEnd)
        var (output, errors) = ("", "")
        let isInTime = Pipe.drain(stdout.readEnd, stderr.readEnd, into: &output, &errors, limit: limit)
        guard failure == 0 else { return ChildProcess(status: -1, output: output, errors: errors) }
        if !isInTime {
            kill(process, SIGKILL)
            errors += "\n\(path) \(arguments.joined(separator: " ")) was killed, it had not ended after \(limit)"
        }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let signal = status & 0x7f
        return ChildProcess(
            status: signal == 0 ? (status >> 8) & 0xff : 128 + signal, output: output, errors: errors)
    }

    /// The `needletail` that was built with these tests; it lies beside them.
    package static let needletail = builtProduct("needletail")

    private static func builtProduct(_ name: String) -> String {
        var bytes = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &bytes, bytes.count)
        let path = String(decoding: bytes[..<max(0, count)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().reduce("") { $0 + "/" + $1 } + "/" + name
    }

    /// Where a program lies in `PATH`; nil when it is not installed.
    package static func find(_ name: String) -> String? {
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }.first { unsafe access($0, X_OK) == 0 }
    }
}

private struct Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() {
        (readEnd, writeEnd) = ForkLock.pipe()
    }

    func put(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe write(writeEnd, bytes, bytes.count)
    }

    /// Reads both to their ends, as either has something, and closes them.
    /// - Returns: false when the ends did not come in time.
    static func drain(
        _ first: Int32, _ second: Int32, into output: inout String, _ errors: inout String, limit: Duration
    ) -> Bool {
        let deadline = ContinuousClock.now + limit
        var texts: [[UInt8]] = [[], []]
        var entries = [
            pollfd(fd: first, events: Int16(POLLIN), revents: 0), pollfd(fd: second, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 65536)
        while entries.contains(where: { $0.fd >= 0 }) {
            if ContinuousClock.now >= deadline { break }
            guard unsafe poll(&entries, 2, 1000) > 0 else { continue }
            for index in 0..<2 where entries[index].fd >= 0 && entries[index].revents != 0 {
                let count = unsafe read(entries[index].fd, &buffer, buffer.count)
                if count > 0 {
                    texts[index] += buffer[..<count]
                } else {
                    close(entries[index].fd)
                    entries[index].fd = -1
                }
            }
        }
        let open = entries.filter { $0.fd >= 0 }
        for entry in open { close(entry.fd) }
        output = String(decoding: texts[0], as: UTF8.self)
        errors = String(decoding: texts[1], as: UTF8.self)
        return open.isEmpty
    }
}
