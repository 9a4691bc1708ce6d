import Glibc
import Synchronization
import TestSupport

/// What a test waited for and did not get.
struct ProcessFailure: Error, CustomStringConvertible {
    let description: String
}

/// A `needletail`, or another program, as a process of its own that a test may signal and wait for.
final class ProcessAgent: Sendable {
    let processID: pid_t
    /// Exit status; 128 + signal when a signal ended it; nil while it runs.
    private let status = ProcessObserved<Int32?>(nil)

    /// - Parameters:
    ///   - input, output, errors: files; `output` and `errors` are appended to.
    init(
        path: String = ChildProcess.needletail, _ arguments: [String], input: String = "/dev/null", output: String,
        errors: String
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_APPEND
        unsafe posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, flags, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, flags, 0o600)
        unsafe SpawnAttributes.closeOthers(&actions)
        var attributes = SpawnAttributes.withoutBlockedSignals()
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        defer { for index in 0...arguments.count { unsafe free(words[index]) } }
        var process: pid_t = 0
        let failure = ForkLock.withLock {
            unsafe posix_spawn(&process, path, &actions, &attributes, &words, environ)
        }
        guard failure == 0 else {
            throw ProcessFailure(description: "\(path): \(unsafe String(cString: strerror(failure)))")
        }
        processID = process
        reap()
    }

    /// Waits for the end on a thread of its own.
    private func reap() {
        let box = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe Unmanaged<ProcessAgent>.fromOpaque(argument).takeRetainedValue().awaitEnd()
                return nil
            }, unsafe box.toOpaque())
        precondition(failure == 0, "no thread to wait for a process")
        pthread_detach(thread)
    }

    private func awaitEnd() {
        var info = unsafe siginfo_t()
        while unsafe waitid(P_PID, id_t(processID), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        // The pid stays taken until here, so that no signal can reach somebody else.
        status.update { status in
            var word: Int32 = 0
            while unsafe waitpid(processID, &word, 0) < 0 && errno == EINTR {}
            let signal = word & 0x7f
            status = signal == 0 ? (word >> 8) & 0xff : 128 + signal
        }
    }

    var isRunning: Bool { status.look { $0 == nil } }

    func signal(_ number: Int32) {
        status.look { if $0 == nil { kill(processID, number) } }
    }

    /// Waits for the end.
    func exitStatus(limit: Duration = .seconds(120)) async throws -> Int32 {
        guard await status.wait(limit: limit, { $0 != nil }), let status = status.current else {
            throw ProcessFailure(description: "pid \(processID) has not ended after \(limit)")
        }
        return status
    }

    /// `kill -9`, and waits.
    func destroy() async throws {
        signal(SIGKILL)
        _ = try await exitStatus()
    }

    /// SIGTERM, and waits.
    func terminate(limit: Duration = .seconds(120)) async throws -> Int32 {
        signal(SIGTERM)
        return try await exitStatus(limit: limit)
    }
}
