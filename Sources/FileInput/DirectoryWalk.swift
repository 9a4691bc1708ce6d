import ByteTools
import CShim
import Glibc

/// One walk over all names that the patterns of an input lead to.
struct DirectoryWalk {
    /// Every directory that was read, and the nearest one above each that is not there: these are watched.
    private(set) var directories: Set<String> = []
    /// Directories that could not be read although they may be there: what lies below is not deleted, but unknown.
    private(set) var unreadable: [(path: String, error: Syscall.Failure)] = []
    /// Directories of which the kernel does not tell changes.
    private(set) var unwatched: Set<String> = []
    /// Some directory is not there.
    private(set) var isIncomplete = false

    private var seen: Set<String> = []

    /// What is done with what the walk meets.
    struct Visitor {
        /// Each name that a pattern matches, once, with its inode as the directory has it.
        let found: (String, InodeKey) -> Void
        /// Each name in the same directories that none matches: a rotated file may hide there.
        let other: (String, InodeKey) -> Void
        /// Called with each directory before it is read, so that nothing falls in between; false: it has no watch.
        let watch: (String) -> Bool
    }

    mutating func run(_ globs: [PathGlob], _ visitor: Visitor) {
        for glob in globs { walk(glob.root, glob.components[...], depth: 0, visitor) }
    }

    func isUnknown(_ path: String) -> Bool {
        unreadable.contains { path.hasPrefix($0.path == "/" ? "/" : $0.path + "/") }
    }

    private mutating func walk(
        _ directory: String, _ components: ArraySlice<PathGlob.Component>, depth: Int, _ visitor: Visitor
    ) {
        guard let component = components.first else { return }
        if component == .anyDepth {
            walk(directory, components.dropFirst(), depth: 0, visitor)
            if depth == PathGlob.maximumDepth { return }
        }
        let isLast = components.count == 1
        let base = directory == "/" ? "/" : directory + "/"
        if case .literal(let name) = component, !isLast {
            walk(base + name, components.dropFirst(), depth: 0, visitor)
            return
        }
        let device = isLast ? (try? Syscall.stat(directory, follow: true))?.device ?? 0 : 0
        var below: [(path: String, key: InodeKey)] = []
        read(directory, visitor) { name, inode, type in
            let key = InodeKey(device: device, inode: inode)
            if component == .anyDepth {
                if type == UInt8(DT_DIR) || type == UInt8(DT_UNKNOWN) { below.append((base + name, key)) }
            } else if PathGlob.matches(name, component) {
                below.append((base + name, key))
            } else if isLast, type == UInt8(DT_REG) || type == UInt8(DT_UNKNOWN) {
                visitor.other(base + name, key)
            }
        }
        for (path, key) in below {
            if isLast {
                if seen.insert(path).inserted { visitor.found(path, key) }
            } else {
                let rest = component == .anyDepth ? components : components.dropFirst()
                walk(path, rest, depth: component == .anyDepth ? depth + 1 : 0, visitor)
            }
        }
    }

    private mutating func read(_ directory: String, _ visitor: Visitor, _ entry: (String, UInt64, UInt8) -> Void) {
        let isWatched = visitor.watch(directory)
        guard let stream = unsafe PathText.withCString(directory, { unsafe opendir($0) }) else {
            let failure = Syscall.Failure(number: errno)
            if failure.number == ENOENT { awaitDirectory(directory, visitor) }
            if !failure.isMissing { unreadable.append((directory, failure)) }
            return
        }
        defer { unsafe closedir(stream) }
        directories.insert(directory)
        if !isWatched { unwatched.insert(directory) }
        while true {
            errno = 0
            guard let item = unsafe readdir(stream) else {
                let number = errno
                if number != 0 { unreadable.append((directory, Syscall.Failure(number: number))) }
                return
            }
            let name = unsafe withUnsafePointer(to: &item.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe PathText.text(cString: $0) }
            }
            if name == "." || name == ".." { continue }
            unsafe entry(name, UInt64(item.pointee.d_ino), item.pointee.d_type)
        }
    }

    /// The directory is not there: the nearest one above it tells when it comes.
    private mutating func awaitDirectory(_ directory: String, _ visitor: Visitor) {
        isIncomplete = true
        var above = directory[...]
        while let slash = above.lastIndex(of: "/") {
            above = above[..<slash]
            let path = above.isEmpty ? "/" : String(above)
            if directories.contains(path) { return }
            guard let stat = try? Syscall.stat(path, follow: true), stat.isDirectory else { continue }
            if visitor.watch(path) { directories.insert(path) }
            return
        }
    }
}
