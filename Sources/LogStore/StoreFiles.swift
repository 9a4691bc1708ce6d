import CShim
import Glibc

/// The store's directory: which files are in it, and the system calls on whole files. EINTR is retried.
struct StoreFiles: Sendable {
    let directory: String

    var lock: String { directory + "/needletail.lock" }

    func path(_ name: SegmentName) -> String { directory + "/" + name.file }

    /// What SQLite may keep beside a database; the database itself comes first.
    static func family(_ path: String) -> [String] { [path, path + "-wal", path + "-shm", path + "-journal"] }

    /// Makes the directory, and those above it, unless they are there.
    func makeDirectory() throws(StoreError) {
        var at = directory.startIndex
        while at != directory.endIndex {
            at = directory[directory.index(after: at)...].firstIndex(of: "/") ?? directory.endIndex
            let path = String(directory[..<at])
            guard unsafe mkdir(path, 0o750) != 0 else { continue }
            let code = errno
            guard code != EEXIST, code != EISDIR else { continue }
            if StoreFiles.status(path) != nil { continue }
            throw StoreError(
                .notWritable, "the store's directory cannot be made; make it, or name another one", path: path,
                cause: unsafe String(cString: strerror(code)))
        }
    }

    /// Oldest first. nil when the directory cannot be read.
    func segments() -> [SegmentName]? {
        names()?.compactMap(SegmentName.init(file:)).sorted()
    }

    /// The highest number that a segment has, or had before it was set aside.
    func highestNumber() -> UInt32 {
        (names() ?? []).lazy.compactMap { name in
            guard let end = name.firstRange(ofText: ".db") else { return nil }
            return SegmentName(file: String(name[..<end]))?.number
        }.max() ?? 0
    }

    func names() -> [String]? {
        guard let stream = unsafe opendir(directory) else { return nil }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            names.append(
                unsafe withUnsafePointer(to: &entry.pointee.d_name) { field in
                    unsafe field.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                })
        }
        return names
    }

    /// Bytes of the file and what SQLite keeps beside it.
    static func bytes(_ path: String) -> Int {
        family(path).reduce(0) { $0 + Int(status($1)?.size ?? 0) }
    }

    static func status(_ path: String) -> nt_stat? {
        var status = nt_stat()
        return unsafe nt_stat_at(AT_FDCWD, path, 1, &status) == 0 ? status : nil
    }

    static func move(_ path: String, to other: String) throws(StoreError) {
        guard unsafe rename(path, other) == 0 else {
            throw StoreError(
                .notWritable, "rename failed", path: path, cause: unsafe String(cString: strerror(errno)))
        }
    }

    static func remove(_ path: String) { _ = unsafe unlink(path) }

    /// Moves a segment away under a dated name, with what SQLite keeps beside it. Answers the new name.
    func setAside(_ name: SegmentName, now: Int64) -> String {
        let stamp = FileTime.text(now)
        var target = "\(path(name)).corrupt-\(stamp)"
        var count = 1
        while StoreFiles.status(target) != nil {
            count += 1
            target = "\(path(name)).corrupt-\(stamp).\(count)"
        }
        for file in StoreFiles.family(path(name)) where StoreFiles.status(file) != nil {
            _ = unsafe rename(file, target + file.dropFirst(path(name).count))
        }
        return target
    }

    /// Makes what was renamed or made in the directory last through a power cut.
    func sync() throws(StoreError) {
        let descriptor = unsafe open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw StoreError(
                .notReadable, "the store's directory cannot be opened", path: directory,
                cause: unsafe String(cString: strerror(errno)))
        }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else {
            throw StoreError(
                .notWritable, "fsync failed", path: directory, cause: unsafe String(cString: strerror(errno)))
        }
    }
}

extension String {
    /// Where a text begins that is in it; the index behind it.
    fileprivate func firstRange(ofText text: String) -> Index? {
        let (bytes, wanted) = (Array(utf8), Array(text.utf8))
        guard bytes.count >= wanted.count else { return nil }
        for at in 0...(bytes.count - wanted.count) where bytes[at..<(at + wanted.count)].elementsEqual(wanted) {
            return utf8.index(startIndex, offsetBy: at + wanted.count)
        }
        return nil
    }
}
