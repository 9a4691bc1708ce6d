import SystemTools

/// Holds `needletail.lock` in `path.data`, so that one agent alone writes there.
///
/// - Errors: `.locked` names the pid of the agent that has it.
final class DirectoryLock: Sendable {
    private let lock: FileLock

    init(_ paths: RegistryPaths) throws(RegistryError) {
        do {
            lock = try FileLock(paths.lock)
        } catch {
            throw DirectoryLock.explain(error, paths)
        }
    }

    private static func explain(_ failure: FileLock.Failure, _ paths: RegistryPaths) -> RegistryError {
        switch failure {
        case .held(let holder):
            RegistryError(
                .locked, "another agent (pid \(holder)) uses this path.data; stop it, or name another directory",
                path: paths.directory)
        case .notOpened(let cause):
            RegistryError(
                .notWritable, "path.data cannot be written; give the agent's user that directory",
                path: paths.directory, cause: cause)
        case .notLocked(let cause):
            RegistryError(.failed, "path.data cannot be locked", path: paths.lock, cause: cause)
        }
    }
}
