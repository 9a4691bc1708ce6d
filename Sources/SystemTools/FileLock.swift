import Glibc

/// Holds one file with flock(2), so that a single process does what the lock stands for.
///
/// - Shape: one descriptor; the file holds the pid of the process. The kernel lets go when the process ends.
package final class FileLock: Sendable {
    /// Why the lock was not got.
    package enum Failure: Error, Equatable {
        /// Another process has it: its pid, `unknown` when the file does not say.
        case held(by: String)
        /// The file cannot be made, nor opened; errno's text.
        case notOpened(cause: String)
        /// The file system has no locks; errno's text.
        case notLocked(cause: String)
    }

    private let descriptor: Int32

    package init(_ path: String) throws(Failure) {
        descriptor = try FileLock.take(path)
        writeHolder()
    }

    /// A locked descriptor. It is nobody's yet when this fails: had it been the object's, `deinit` would close it again.
    private static func take(_ path: String) throws(Failure) -> Int32 {
        let descriptor = try openFile(path)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            let holder = holder(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else { throw .notLocked(cause: unsafe String(cString: strerror(code))) }
            throw .held(by: holder)
        }
        return descriptor
    }

    /// Unlocks before closing, because a child process that was just forked may still hold the descriptor.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// A lock needs no write permission, so on a read-only file system the file that is there will do.
    private static func openFile(_ path: String) throws(Failure) -> Int32 {
        let (written, code) = open(path, O_RDWR | O_CREAT)
        if written >= 0 { return written }
        let (read, _) = open(path, O_RDONLY)
        if read >= 0 { return read }
        throw .notOpened(cause: unsafe String(cString: strerror(code)))
    }

    private static func open(_ path: String, _ flags: Int32) -> (descriptor: Int32, code: Int32) {
        while true {
            let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, mode_t(0o600))
            if descriptor >= 0 { return (descriptor, 0) }
            let code = errno
            if code != EINTR { return (-1, code) }
        }
    }

    /// The pid that the file holds, `unknown` when it holds none.
    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 32)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(count, 0)).prefix { $0 >= 0x30 && $0 <= 0x39 }
        return digits.isEmpty ? "unknown" : String(decoding: digits, as: UTF8.self)
    }

    /// Without effect where nothing can be written: the lock holds all the same. The text is written before the rest
    /// is cut off, so that a full disk cannot leave the file empty.
    private func writeHolder() {
        let text = Array("\(getpid())\n".utf8)
        if unsafe pwrite(descriptor, text, text.count, 0) == text.count {
            _ = ftruncate(descriptor, off_t(text.count))
        }
    }
}
