import CShim
import Glibc

/// One walk over all names that the patterns of an input lead to.
struct DirectoryWalk {
    /// Every directory that was read, with its device: these are watched.
    private(set) var directories: Set<String> = []
    /// Directories that could not be read although they may be there: what lies below is not deleted, but unknown.
    private(set) var unreadable: [(path: String, error: Syscall.Failure)] = []

    private var seen: Set<String> = []

    /// - Parameters:
    ///   - found: each name that a pattern matches, once.
    ///   - other: each name in the same directories that none matches, with its inode: a rotated file may hide there.
    mutating func run(
        _ globs: [PathGlob], found: (String) -> Void, other: (String, InodeKey) -> Void
    ) {
        for glob in globs {
            walk(glob.root, glob.components[...], depth: 0, found: found, other: other)
        }
    }

    func isUnknown(_ path: String) -> Bool {
        unreadable.contains { path.hasPrefix($0.path == "/" ? "/" : $0.path + "/") }
    }

    private mutating func walk(
        _ directory: String, _ components: ArraySlice<PathGlob.Component>, depth: Int, found: (String) -> Void,
        other: (String, InodeKey) -> Void
    ) {
        guard let component = components.first else { return }
        if component == .anyDepth {
            walk(directory, components.dropFirst(), depth: 0, found: found, other: other)
            if depth == PathGlob.maximumDepth { return }
        }
        let isLast = components.count == 1
        let base = directory == "/" ? "/" : directory + "/"
        if case .literal(let name) = component, !isLast {
            walk(base + name, components.dropFirst(), depth: 0, found: found, other: other)
            return
        }
        let device = isLast ? (try? Syscall.stat(directory, follow: true))?.device ?? 0 : 0
        var below: [String] = []
        read(directory) { name, inode, type in
            if component == .anyDepth {
                if type == UInt8(DT_DIR) || type == UInt8(DT_UNKNOWN), !name.hasPrefix(".") { below.append(name) }
            } else if PathGlob.matches(name, component) {
                below.append(name)
            } else if isLast, type == UInt8(DT_REG) || type == UInt8(DT_UNKNOWN) {
                other(base + name, InodeKey(device: device, inode: inode))
            }
        }
        for name in below {
            let path = base + name
            if isLast {
                if seen.insert(path).inserted { found(path) }
            } else {
                let rest = component == .anyDepth ? components : components.dropFirst()
                walk(path, rest, depth: component == .anyDepth ? depth + 1 : 0, found: found, other: other)
            }
        }
    }

    private mutating func read(_ directory: String, _ entry: (String, UInt64, UInt8) -> Void) {
        guard let stream = unsafe opendir(directory) else {
            let failure = Syscall.Failure(number: errno)
            if !failure.isMissing { unreadable.append((directory, failure)) }
            return
        }
        defer { unsafe closedir(stream) }
        directories.insert(directory)
        while true {
            errno = 0
            guard let item = unsafe readdir(stream) else {
                let number = errno
                if number != 0 { unreadable.append((directory, Syscall.Failure(number: number))) }
                return
            }
            let name = unsafe withUnsafePointer(to: &item.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            unsafe entry(name, UInt64(item.pointee.d_ino), item.pointee.d_type)
        }
    }
}
