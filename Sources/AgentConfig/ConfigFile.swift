import Glibc

/// One configuration file: who may write it, and its text.
/// - Source: Filebeat's config-file-permissions (owned by root or by who runs it, not writable by others).
struct ConfigFile {
    var path: String
    var strict: Bool

    /// Bytes that are read at most.
    static let maximumBytes = 8 * 1024 * 1024

    /// The text, or nil after an error was noted. The checks look at the opened file, not at its name.
    func read(_ place: Place, _ problems: inout Problems) -> String? {
        let place = Place(source: place.source, name: path, line: 0, column: 0)
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            problems.add(.unreadable, place, "cannot be opened: \(Self.text(of: errno))")
            return nil
        }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            problems.add(.unreadable, place, "cannot be read: \(Self.text(of: errno))")
            return nil
        }
        if strict, let complaint = Self.complaint(mode: status.st_mode, owner: status.st_uid, user: geteuid()) {
            problems.add(.permissions, place, complaint)
            return nil
        }
        return content(of: descriptor, place, &problems)
    }

    /// What is wrong with mode and owner, or nil.
    static func complaint(mode: UInt32, owner: UInt32, user: UInt32) -> String? {
        if mode & 0o022 != 0 {
            let octal = String(mode & 0o777, radix: 8)
            return "others can write this file (mode 0\(octal)); run 'chmod go-w' on it, or pass --strict.perms=false"
        }
        if owner != user && owner != 0 {
            return "the file belongs to user \(owner), not to root or to user \(user), who runs this; "
                + "run 'chown root' on it, or pass --strict.perms=false"
        }
        return nil
    }

    private func content(of descriptor: Int32, _ place: Place, _ problems: inout Problems) -> String? {
        switch Self.bytes(of: descriptor, atMost: Self.maximumBytes) {
        case .failure(let failure):
            problems.add(.unreadable, place, "cannot be read: \(failure.message)")
            return nil
        case .success(var bytes):
            if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
            if let text = String(validating: bytes, as: UTF8.self) { return text }
            problems.add(.unreadable, place, "the file is not UTF-8 text")
            return nil
        }
    }

    struct ReadFailure: Error { var message: String }

    /// Everything that the descriptor gives, if it is not more than `limit` bytes.
    static func bytes(of descriptor: Int32, atMost limit: Int) -> Result<[UInt8], ReadFailure> {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return .success(bytes) }
            if count < 0 {
                if errno == EINTR { continue }
                return .failure(ReadFailure(message: text(of: errno)))
            }
            bytes += chunk[..<count]
            if bytes.count > limit { return .failure(ReadFailure(message: "it is larger than \(limit) bytes")) }
        }
    }

    static func text(of code: Int32) -> String { unsafe String(cString: strerror(code)) }
}
