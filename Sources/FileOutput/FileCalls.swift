import CShim
import Glibc

/// The system calls by which bytes get to a file, wrapped once: EINTR is retried, and errno is read at once.
///
/// A test puts faulty ones in their place.
@safe
struct FileCalls: Sendable {
    /// Bytes written, or the negative errno. May write less than all.
    var write: @Sendable (CInt, UnsafeRawBufferPointer) -> Int = { descriptor, bytes in
        FileCalls.retried { unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
    }
    /// 0, or the negative errno.
    var sync: @Sendable (CInt) -> Int = { descriptor in FileCalls.retried { Int(Glibc.fsync(descriptor)) } }
    /// 0, or the negative errno.
    var truncate: @Sendable (CInt, Int) -> Int = { descriptor, size in
        FileCalls.retried { Int(Glibc.ftruncate(descriptor, size)) }
    }

    /// The call's result, or the negative errno when it failed for another reason than a signal.
    static func retried(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 { return result }
            let error = errno
            precondition(error != EBADF && error != EFAULT, "a file was used after it was closed")
            if error != EINTR { return -Int(error) }
        }
    }

    /// A descriptor, or the negative errno.
    static func open(_ path: String, _ flags: CInt, mode: UInt32 = 0) -> CInt {
        CInt(retried { unsafe Int(Glibc.open(path, flags | O_CLOEXEC, mode)) })
    }

    /// Bytes at an offset, fewer at the end of the file; nil on an error.
    static func read(_ descriptor: CInt, at offset: Int, count: Int) -> [UInt8]? {
        var failed = false
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
            while length < count {
                let got = retried {
                    unsafe pread(descriptor, buffer.baseAddress! + length, count - length, offset + length)
                }
                if got <= 0 {
                    failed = got < 0
                    return
                }
                length += got
            }
        }
        return failed ? nil : bytes
    }

    static func status(_ descriptor: CInt) -> nt_stat {
        var status = nt_stat()
        _ = unsafe nt_stat_fd(descriptor, &status)
        return status
    }

    /// Names in a directory; nil when it cannot be read.
    static func names(in directory: String) -> [String]? {
        guard let handle = unsafe opendir(directory) else { return nil }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            // A name is at most 255 bytes and ends with a zero byte.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            names.append(name)
        }
        return names
    }

    /// Creates a directory and those above it. 0, or the errno.
    static func makeDirectories(_ path: String) -> CInt {
        var prefix = path.hasPrefix("/") ? "/" : ""
        for part in path.split(separator: "/") {
            prefix += part + "/"
            if unsafe mkdir(prefix, 0o750) != 0, errno != EEXIST {
                let error = errno
                // A directory that is there may also be answered with EROFS or EACCES.
                var status = nt_stat()
                if unsafe nt_stat_at(AT_FDCWD, prefix, 1, &status) != 0 { return error }
            }
        }
        return 0
    }
}
