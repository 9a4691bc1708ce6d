import Glibc
import Logging
import Publishing
import Testing

/// Dead letters where the process may not write as much, or lies in another directory. Each in a process of its own.
struct DeadLetterFailureTests {
    @Test func `half-written letters are cut, and kept in whole once there is room`() async {
        await #expect(processExitsWith: .success) {
            let folder = DeadLetterFolder()
            let store = folder.store()
            try store.keep(DeadLetterFolder.letters(["one"]))
            let before = folder.contents("00000001.ndjson")
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit()
            unsafe getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let unlimited = limit
            limit.rlim_cur = rlim_t(before.count + 100)
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            var failed = false
            do { try store.keep(DeadLetterFolder.letters(["two", "three"])) } catch { failed = true }
            precondition(failed)
            precondition(folder.contents("00000001.ndjson") == before)
            limit = unlimited
            unsafe setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            try store.keep(DeadLetterFolder.letters(["four"]))
            let lines = try folder.letters().map(\.line)
            precondition(lines == ["one", "four"])
        }
    }

    @Test func `a relative directory lies where the process is`() async {
        await #expect(processExitsWith: .success) {
            let folder = DeadLetterFolder()
            let moved = unsafe chdir(folder.root)
            precondition(moved == 0)
            let store = DeadLetterStore(
                directory: "data/dead-letters/out", pipeline: "out", maximumBytes: 1 << 20,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            try store.keep(DeadLetterFolder.letters(["one"]))
            let lines = try folder.letters().map(\.line)
            precondition(lines == ["one"])
        }
    }
}
