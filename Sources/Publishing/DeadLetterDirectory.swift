import Glibc

/// The files of a dead-letter store, and every system call on them.
///
/// Layout: `PATH/NNNNNNNN.ndjson`, ascending; only the newest is written to.
struct DeadLetterDirectory {
    struct File: Equatable {
        let number: Int
        /// Bytes.
        var size: Int
    }

    private static let suffix = ".ndjson"
    let path: String

    func path(_ number: Int) -> String {
        let digits = String(number)
        return path + "/" + String(repeating: "0", count: max(0, 8 - digits.count)) + digits
            + DeadLetterDirectory.suffix
    }

    // MARK: Opening

    /// Makes the directory if need be, and lists its files, oldest first. What a crash has left of a line that was
    /// being written is cut off.
    func open() throws -> [File] {
        try make(path)
        var files = try list()
        if let last = files.last { files[files.count - 1].size = try repair(last) }
        return files
    }

    /// Makes a directory and those above it, each durable in its parent.
    private func make(_ path: String) throws {
        if unsafe mkdir(path, 0o750) != 0 {
            let number = errno
            if number == EEXIST { return }
            guard number == ENOENT, let parent = DeadLetterDirectory.parent(of: path) else {
                throw DeadLetterError(path, number)
            }
            try make(parent)
            guard unsafe mkdir(path, 0o750) == 0 || errno == EEXIST else { throw DeadLetterError(path, errno) }
        }
        try sync(DeadLetterDirectory.parent(of: path) ?? ".")
    }

    private static func parent(of path: String) -> String? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return nil }
        return String(path[..<slash])
    }

    private func list() throws -> [File] {
        guard let stream = unsafe opendir(path) else { throw DeadLetterError(path, errno) }
        defer { unsafe closedir(stream) }
        var files: [File] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            let suffix = DeadLetterDirectory.suffix
            guard name.hasSuffix(suffix), let number = Int(name.dropLast(suffix.count)) else { continue }
            var info = stat()
            if unsafe stat(path(number), &info) == 0 { files.append(File(number: number, size: Int(info.st_size))) }
        }
        return files.sorted { $0.number < $1.number }
    }

    /// Cuts everything behind the last line feed.
    /// - Returns: the size that is left.
    private func repair(_ file: File) throws -> Int {
        let path = path(file.number)
        return try withDescriptor(path, O_RDWR) { descriptor in
            var end = file.size
            while end > 0 {
                let start = max(0, end - 64 * 1024)
                let bytes = try read(descriptor, path, start..<end)
                if let feed = bytes.lastIndex(of: 0x0a) {
                    end = start + feed + 1
                    break
                }
                end = start
            }
            if end < file.size {
                guard ftruncate(descriptor, end) == 0, fsync(descriptor) == 0 else {
                    throw DeadLetterError(path, errno)
                }
            }
            return end
        }
    }

    // MARK: Writing

    /// Appends to a file, which is made if it does not exist, and returns once that is durable.
    ///
    /// What a write that failed half-way has left is cut, so that a reader never sees half a letter.
    /// - Returns: the size of the file.
    func append(_ text: [UInt8], to number: Int) throws -> Int {
        let path = path(number)
        return try withDescriptor(path, O_WRONLY | O_CREAT) { descriptor in
            var info = stat()
            guard unsafe fstat(descriptor, &info) == 0 else { throw DeadLetterError(path, errno) }
            let size = Int(info.st_size)
            do {
                try write(text, descriptor, path, at: size)
                guard fsync(descriptor) == 0 else { throw DeadLetterError(path, errno) }
                if size == 0 { try sync(self.path) }
            } catch {
                _ = ftruncate(descriptor, size)
                throw error
            }
            return size + text.count
        }
    }

    private func write(_ text: [UInt8], _ descriptor: Int32, _ path: String, at offset: Int) throws {
        var done = 0
        while done < text.count {
            let count = unsafe text.withUnsafeBytes { bytes in
                unsafe pwrite(descriptor, bytes.baseAddress! + done, bytes.count - done, offset + done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw DeadLetterError(path, count == 0 ? ENOSPC : errno) }
            done += count
        }
    }

    /// Deletes a file.
    /// - Returns: how many letters it held.
    func remove(_ file: File) throws -> Int {
        let path = path(file.number)
        let letters = (try? count(path, size: file.size)) ?? 0
        guard unsafe unlink(path) == 0 || errno == ENOENT else { throw DeadLetterError(path, errno) }
        return letters
    }

    private func count(_ path: String, size: Int) throws -> Int {
        try withDescriptor(path, O_RDONLY) { descriptor in
            var letters = 0
            var start = 0
            while start < size {
                let bytes = try read(descriptor, path, start..<min(size, start + 256 * 1024))
                if bytes.isEmpty { break }
                for byte in bytes where byte == 0x0a { letters += 1 }
                start += bytes.count
            }
            return letters
        }
    }

    // MARK: Calls

    private func withDescriptor<Result>(
        _ path: String, _ flags: Int32, _ body: (Int32) throws -> Result
    ) throws -> Result {
        let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw DeadLetterError(path, errno) }
        defer { close(descriptor) }
        return try body(descriptor)
    }

    /// The bytes of a file in this range; fewer where it ends before.
    private func read(_ descriptor: Int32, _ path: String, _ range: Range<Int>) throws -> [UInt8] {
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...])
                let count = unsafe pread(descriptor, rest.baseAddress, range.count - filled, range.lowerBound + filled)
                if count < 0, errno == EINTR { continue }
                if count < 0 { failure = errno }
                if count <= 0 { break }
                filled += count
            }
        }
        guard failure == 0 else { throw DeadLetterError(path, failure) }
        return bytes
    }

    private func sync(_ directory: String) throws {
        try withDescriptor(directory, O_RDONLY | O_DIRECTORY) { descriptor in
            guard fsync(descriptor) == 0 else { throw DeadLetterError(directory, errno) }
        }
    }
}

/// A dead letter could not be made durable.
struct DeadLetterError: Error, CustomStringConvertible {
    let path: String
    let cause: String

    init(_ path: String, _ number: Int32) {
        self.path = path
        cause = unsafe String(cString: strerror(number))
    }

    var description: String { "\(path): \(cause)" }
}
