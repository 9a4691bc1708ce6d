import Glibc
import TestSupport

/// chromedriver in a process of its own. Starting and stopping wait: for a thread that may block.
///
/// A shell stands between: it ends the driver when its standard input is closed, and so whenever these tests end,
/// however they do.
final class DriverProcess: Sendable {
    let port: Int
    private let process: pid_t
    private let input: Int32

    static var isInstalled: Bool { ChildProcess.find("chromedriver") != nil && ChildProcess.find("chromium") != nil }

    init() throws {
        let (stdin, stdout) = (ForkLock.pipe(), ForkLock.pipe())
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, stdin.readEnd, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, stdout.writeEnd, 1)
        unsafe SpawnAttributes.closeOthers(&actions)
        var attributes = SpawnAttributes.withoutBlockedSignals()
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        let script = "chromedriver --port=0 2>&1 & driver=$!; cat > /dev/null; kill $driver 2> /dev/null; wait"
        let texts: [String] = ["/bin/sh", "-c", script]
        var words = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in 0..<3 { unsafe free(words[index]) } }
        var child: pid_t = 0
        let failure = ForkLock.withLock {
            unsafe posix_spawn(&child, "/bin/sh", &actions, &attributes, &words, environ)
        }
        close(stdin.readEnd)
        close(stdout.writeEnd)
        guard failure == 0 else { throw BrowserError("/bin/sh: error \(failure)") }
        (process, input) = (child, stdin.writeEnd)
        guard let port = DriverProcess.port(from: stdout.readEnd) else {
            close(stdin.writeEnd)
            throw BrowserError("chromedriver does not start: install the Debian packages chromium and chromium-driver")
        }
        self.port = port
    }

    /// "ChromeDriver was started successfully on port 35471."
    private static func port(from output: Int32) -> Int? {
        defer { close(output) }
        var text: [UInt8] = []
        var byte: UInt8 = 0
        while unsafe read(output, &byte, 1) == 1 {
            text.append(byte)
            guard byte == UInt8(ascii: "\n") else { continue }
            let line = String(decoding: text, as: UTF8.self)
            text = []
            if let range = line.firstRange(of: "successfully on port ") {
                return Int(line[range.upperBound...].prefix(while: \.isNumber))
            }
        }
        return nil
    }

    func stop() {
        close(input)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
}
