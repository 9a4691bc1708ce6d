import Glibc

/// chromedriver in a process of its own.
///
/// A shell stands between: it ends the driver when its standard input is closed, and so whenever these tests end,
/// however they do.
final class DriverProcess: Sendable {
    let port: Int
    private let process: pid_t
    private let input: Int32

    init() throws {
        var (stdin, stdout): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        _ = unsafe pipe(&stdin)
        _ = unsafe pipe(&stdout)
        for end in stdin + stdout { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, stdin[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, stdout[1], 1)
        let script = "chromedriver --port=0 2>&1 & driver=$!; cat > /dev/null; kill $driver; wait"
        let texts: [String] = ["/bin/sh", "-c", script]
        var words = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in 0..<3 { unsafe free(words[index]) } }
        var child: pid_t = 0
        let failure = unsafe posix_spawn(&child, "/bin/sh", &actions, nil, &words, environ)
        close(stdin[0])
        close(stdout[1])
        guard failure == 0 else { throw BrowserError("/bin/sh: error \(failure)") }
        (process, input) = (child, stdin[1])
        guard let port = DriverProcess.port(from: stdout[0]) else {
            close(stdin[1])
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

    /// Runs a short shell command to its end.
    @discardableResult
    static func run(_ command: String) -> Int32 {
        let texts: [String] = ["/bin/sh", "-c", command]
        var words = unsafe texts.map { unsafe strdup($0) } + [nil]
        defer { for index in 0..<3 { unsafe free(words[index]) } }
        var child: pid_t = 0
        guard unsafe posix_spawn(&child, "/bin/sh", nil, nil, &words, environ) == 0 else { return -1 }
        var status: Int32 = 0
        while unsafe waitpid(child, &status, 0) < 0 && errno == EINTR {}
        return status
    }

    func stop() {
        close(input)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 && errno == EINTR {}
    }
}
