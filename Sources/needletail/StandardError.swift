import Glibc

/// Lines for the person at the terminal that are not the result itself.
enum StandardError {
    static func write(_ line: String) {
        let bytes = Array((line + "\n").utf8)
        _ = unsafe Glibc.write(2, bytes, bytes.count)
    }
}

/// What a command prints, for those that go on running.
enum StandardOutput {
    /// Lets a pipe see what was printed.
    static func flush() { _ = fflush(nil) }
}
