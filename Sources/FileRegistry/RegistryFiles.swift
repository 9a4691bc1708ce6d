import CShim
import Glibc

/// The system calls of the registry on whole files. EINTR is retried; errors carry errno's text.
enum RegistryFiles {
    /// Makes the directory (and only its last component) unless it is there.
    static func makeDirectory(_ path: String, mode: UInt32) throws(RegistryError) {
        if unsafe mkdir(path, mode_t(mode)) == 0 { return }
        let code = errno
        guard code != EEXIST else { return }
        throw RegistryError(
            .notWritable, "path.data cannot be made; make it, or name another directory", path: path,
            cause: text(code))
    }

    static func exists(_ path: String) -> Bool { size(path) != nil }

    /// nil when there is no such file.
    static func size(_ path: String) -> UInt64? { status(path)?.size }

    static func status(_ path: String) -> nt_stat? {
        var status = nt_stat()
        return unsafe nt_stat_at(AT_FDCWD, path, 1, &status) == 0 ? status : nil
    }

    /// Makes an empty file with this mode, in the place of any that has the name.
    static func makeEmpty(_ path: String, mode: UInt32) throws(RegistryError) {
        remove(path)
        let descriptor = try open(path, O_RDWR | O_CREAT | O_EXCL, mode: mode)
        _ = fchmod(descriptor, mode_t(mode))
        close(descriptor)
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Gives a complete file its name, so that a power cut leaves either the old file or the new one.
    static func publish(_ temporary: String, as path: String, in directory: String) throws(RegistryError) {
        try sync(temporary, O_RDONLY)
        try move(temporary, to: path)
        try sync(directory, O_RDONLY | O_DIRECTORY)
    }

    static func sync(_ path: String, _ flags: Int32) throws(RegistryError) {
        let descriptor = try open(path, flags, mode: 0)
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("fsync failed", path, errno) }
    }

    /// Asks whether the files of a database can still be written, without opening them: closing a descriptor of our own
    /// would take SQLite's locks away.
    ///
    /// SQLite writes its shared memory through a mapping, which is a SIGBUS once the file system has become read-only (as
    /// ext4 does after an I/O error) or the file immutable. So this is asked before anything is done with a connection.
    /// - Errors: `.notWritable`.
    static func checkWritable(_ database: String) throws(RegistryError) {
        for file in RegistryPaths.family(database) where unsafe access(file, W_OK) != 0 {
            let code = errno
            if code == EROFS || code == EPERM {
                throw RegistryError(.notWritable, "read-only", path: file, cause: text(code))
            }
        }
    }

    /// Asks without opening the file: whoever closes a descriptor of a database takes away all locks that SQLite holds on
    /// it in the same process (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    static func checkReadable(_ path: String) throws(RegistryError) {
        if unsafe access(path, R_OK) != 0 { throw failure("open failed", path, errno) }
    }

    static func move(_ path: String, to other: String) throws(RegistryError) {
        guard unsafe rename(path, other) == 0 else { throw failure("rename failed", path, errno) }
    }

    static func open(_ path: String, _ flags: Int32, mode: UInt32) throws(RegistryError) -> Int32 {
        while true {
            let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, mode_t(mode))
            if descriptor >= 0 { return descriptor }
            if errno != EINTR { throw failure("open failed", path, errno) }
        }
    }

    /// Names in a directory that begin with `prefix`, sorted.
    static func names(in directory: String, prefix: String) -> [String] {
        guard let stream = unsafe opendir(directory) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasPrefix(prefix) { names.append(name) }
        }
        return names.sorted()
    }

    private static func failure(_ message: String, _ path: String, _ code: Int32) -> RegistryError {
        let kind: RegistryError.Code =
            switch code {
            case ENOENT: .notFound
            case EACCES, EPERM, EROFS, ENOSPC, EDQUOT: .notWritable
            default: .failed
            }
        return RegistryError(kind, message, path: path, cause: text(code))
    }

    static func text(_ code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
