import ByteTools
import CShim
import Glibc

/// The system calls of this target, each wrapped once: errno is read at once, EINTR is retried.
enum Syscall {
    /// errno of a call that failed.
    struct Failure: Error, Equatable {
        let number: Int32
        var text: String { unsafe String(cString: strerror(number)) }
        /// The process or the machine has run out of descriptors.
        var isOutOfDescriptors: Bool { number == EMFILE || number == ENFILE }
        var isMissing: Bool { number == ENOENT || number == ENOTDIR }
    }

    static func stat(_ path: String, follow: Bool) throws(Failure) -> nt_stat {
        var result = nt_stat()
        let number = unsafe PathText.withCString(path) { unsafe nt_stat_at(AT_FDCWD, $0, follow ? 1 : 0, &result) }
        if number != 0 { throw Failure(number: number) }
        return result
    }

    static func stat(descriptor: Int32) throws(Failure) -> nt_stat {
        var result = nt_stat()
        let number = unsafe nt_stat_fd(descriptor, &result)
        if number != 0 { throw Failure(number: number) }
        return result
    }

    /// Opens for reading: never blocks (a FIFO), never follows a link unless told, never becomes a controlling terminal.
    static func open(_ path: String, follow: Bool) throws(Failure) -> Int32 {
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (follow ? 0 : O_NOFOLLOW)
        while true {
            let descriptor = unsafe PathText.withCString(path) { unsafe Glibc.open($0, flags) }
            if descriptor >= 0 { return descriptor }
            let number = errno
            if number != EINTR { throw Failure(number: number) }
        }
    }

    /// One read at an offset; may be short only at the end of the file.
    static func read(
        _ descriptor: Int32, into buffer: UnsafeMutablePointer<UInt8>, count: Int, at offset: UInt64
    ) throws(Failure) -> Int {
        var done = 0
        while done < count {
            let result = unsafe pread(descriptor, buffer + done, count - done, Int(offset) + done)
            if result > 0 {
                done += result
            } else if result == 0 {
                break
            } else {
                let number = errno
                precondition(number != EBADF && number != EFAULT, "a descriptor was used after it was closed")
                if number != EINTR { throw Failure(number: number) }
            }
        }
        return done
    }

    static func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }

    /// The path with all links resolved; nil when it leads nowhere.
    static func realPath(_ path: String) -> String? {
        guard let full = unsafe PathText.withCString(path, { unsafe realpath($0, nil) }) else { return nil }
        defer { unsafe free(full) }
        return unsafe PathText.text(cString: full)
    }

    /// Now, in ms since 1970.
    static func wallMilliseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// Descriptors that the process may have open.
    static func descriptorLimit() -> Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        return limit.rlim_cur > UInt(Int32.max) ? Int(Int32.max) : Int(limit.rlim_cur)
    }
}

extension nt_stat {
    var isRegular: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFREG) }
    var isDirectory: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFDIR) }
    var isLink: Bool { mode & UInt32(S_IFMT) == UInt32(S_IFLNK) }

    /// What the file is, for a person: `FIFO`, `socket`, `device`.
    var kindName: String {
        switch Int32(mode) & Int32(S_IFMT) {
        case Int32(S_IFIFO): "FIFO"
        case Int32(S_IFSOCK): "socket"
        case Int32(S_IFCHR), Int32(S_IFBLK): "device"
        case Int32(S_IFDIR): "directory"
        case Int32(S_IFLNK): "symbolic link"
        default: "special file"
        }
    }

    var key: InodeKey { InodeKey(device: device, inode: inode) }
}

/// What the kernel calls the same file.
struct InodeKey: Hashable {
    let device: UInt64
    let inode: UInt64
}
