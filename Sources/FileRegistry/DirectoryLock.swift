import Glibc

/// Holds `needletail.lock` in `path.data`, so that one agent alone writes there.
///
/// - Shape: one descriptor with flock(2); the file holds the pid of the agent. The kernel lets go when the agent ends.
/// - Errors: `.locked` names the pid of the agent that has it.
final class DirectoryLock: Sendable {
    private let descriptor: Int32

    init(_ paths: RegistryPaths) throws(RegistryError) {
        descriptor = try DirectoryLock.take(paths)
        writeHolder()
    }

    /// A locked descriptor. It is nobody's yet when this fails: had it been the object's, `deinit` would close it again.
    private static func take(_ paths: RegistryPaths) throws(RegistryError) -> Int32 {
        let descriptor = try openFile(paths)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            if code == EINTR { continue }
            let holder = holder(descriptor)
            close(descriptor)
            guard code == EWOULDBLOCK else {
                throw RegistryError(
                    .failed, "path.data cannot be locked", path: paths.lock, cause: RegistryFiles.text(code))
            }
            throw RegistryError(
                .locked, "another agent (pid \(holder)) uses this path.data; stop it, or name another directory",
                path: paths.directory)
        }
        return descriptor
    }

    /// Unlocks before closing, because a child process that was just forked may still hold the descriptor.
    deinit {
        _ = flock(descriptor, LOCK_UN)
        close(descriptor)
    }

    /// A lock needs no write permission, so on a read-only file system the file that is there will do.
    private static func openFile(_ paths: RegistryPaths) throws(RegistryError) -> Int32 {
        do {
            return try RegistryFiles.open(paths.lock, O_RDWR | O_CREAT, mode: 0o600)
        } catch {
            if let descriptor = try? RegistryFiles.open(paths.lock, O_RDONLY, mode: 0) { return descriptor }
            throw RegistryError(
                .notWritable, "path.data cannot be written; give the agent's user that directory",
                path: paths.directory, cause: error.cause)
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
