import Glibc
import Testing

/// A directory of its own for one test, gone with it.
final class Scratch {
    let path: String

    init() {
        var template = Array("/tmp/needletail-input-XXXXXX".utf8CString)
        let made = unsafe template.withUnsafeMutableBufferPointer { unsafe mkdtemp($0.baseAddress!) }
        path = unsafe String(cString: made!)
    }

    deinit { Scratch.removeTree(path) }

    subscript(_ name: String) -> String { path + "/" + name }

    func directory(_ name: String) { unsafe mkdir(self[name], 0o755) }

    /// Makes or replaces the content in place (same inode when the file is there).
    func write(_ name: String, _ text: String) { put(name, Array(text.utf8), O_WRONLY | O_CREAT | O_TRUNC) }
    func write(_ name: String, bytes: [UInt8]) { put(name, bytes, O_WRONLY | O_CREAT | O_TRUNC) }
    func append(_ name: String, _ text: String) { put(name, Array(text.utf8), O_WRONLY | O_CREAT | O_APPEND) }
    func append(_ name: String, bytes: [UInt8]) { put(name, bytes, O_WRONLY | O_CREAT | O_APPEND) }

    private func put(_ name: String, _ bytes: [UInt8], _ flags: Int32) {
        let file = unsafe open(self[name], flags, 0o644)
        precondition(file >= 0, "cannot open \(name): \(errno)")
        Scratch.put(file, bytes)
        close(file)
    }

    static func put(_ file: Int32, _ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(file, $0.baseAddress! + done, $0.count - done)
            }
            precondition(count > 0)
            done += count
        }
    }

    func rename(_ from: String, _ to: String) { precondition(unsafe Glibc.rename(self[from], self[to]) == 0) }
    func remove(_ name: String) { precondition(unsafe unlink(self[name]) == 0) }
    func truncate(_ name: String, to size: Int) { precondition(unsafe Glibc.truncate(self[name], size) == 0) }
    func link(_ target: String, _ name: String) { precondition(unsafe Glibc.link(self[target], self[name]) == 0) }
    func symlink(_ target: String, _ name: String) { precondition(unsafe Glibc.symlink(self[target], self[name]) == 0) }

    /// Sets the modification time to so many seconds ago.
    func age(_ name: String, seconds: Int) {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        now.tv_sec -= seconds
        let times = [now, now]
        precondition(unsafe utimensat(AT_FDCWD, self[name], times, 0) == 0)
    }

    func mode(_ name: String, _ bits: Int) { precondition(unsafe chmod(self[name], mode_t(bits)) == 0) }

    func inode(_ name: String) -> UInt64 {
        var result = stat()
        return unsafe stat(self[name], &result) == 0 ? UInt64(result.st_ino) : 0
    }

    private static func removeTree(_ path: String) {
        if let stream = unsafe opendir(path) {
            var names: [String] = []
            while let item = unsafe readdir(stream) { unsafe names.append(entryName(item)) }
            unsafe closedir(stream)
            for name in names where name != "." && name != ".." {
                var found = stat()
                let child = path + "/" + name
                guard unsafe lstat(child, &found) == 0 else { continue }
                if found.st_mode & S_IFMT == S_IFDIR { removeTree(child) } else { unsafe unlink(child) }
            }
        }
        unsafe rmdir(path)
    }
}

private func entryName(_ item: UnsafeMutablePointer<dirent>) -> String {
    unsafe withUnsafePointer(to: &item.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
}

/// Descriptors that this process has open on something whose path contains `text`.
func openDescriptors(_ text: String) -> Int {
    guard let stream = unsafe opendir("/proc/self/fd") else { return -1 }
    defer { unsafe closedir(stream) }
    var count = 0
    while let item = unsafe readdir(stream) {
        let name = unsafe entryName(item)
        var target = [CChar](repeating: 0, count: 4096)
        let length = unsafe readlink("/proc/self/fd/" + name, &target, target.count - 1)
        if length > 0, String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self).contains(text) {
            count += 1
        }
    }
    return count
}
