import ByteTools
import CShim
import Glibc

/// inotify on directories, one watch each however many files they hold: a hint that something happened, never the truth.
///
/// - Source: inotify(7). A queue overflow is reported as such, and the rescan makes up for what was missed.
@safe
final class DirectoryWatcher {
    /// Something happened to a name in a watched directory.
    struct Event: Equatable {
        /// `directoryChanged`: one below; `directoryGone`: the watched one itself.
        enum Kind { case modified, appeared, vanished, directoryChanged, directoryGone, overflow }
        let kind: Kind
        let directory: String
        let name: String
        /// The same number for both ends of a rename; 0: no rename.
        var move: UInt32 = 0
    }

    /// Descriptor to wait on; -1 when the kernel gives none (then polling is all there is).
    let descriptor: Int32
    private var watches: [Int32: String] = [:]
    private var byPath: [String: Int32] = [:]
    private let buffer: UnsafeMutableRawBufferPointer

    init() {
        descriptor = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        unsafe buffer = .allocate(byteCount: 32 * 1024, alignment: 8)
    }

    deinit {
        if descriptor >= 0 { Syscall.close(descriptor) }
        unsafe buffer.deallocate()
    }

    /// Watches a directory. One that is watched already is asked for again all the same: another may have its name now.
    /// - Returns: false when the kernel refuses (no more watches, no permission): the directory must be polled.
    func watch(_ directory: String) -> Bool {
        guard descriptor >= 0 else { return false }
        let mask =
            UInt32(IN_MODIFY) | UInt32(IN_CREATE) | UInt32(IN_MOVED_TO) | UInt32(IN_MOVED_FROM) | UInt32(IN_DELETE)
            | UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_ONLYDIR)
        let watch = unsafe PathText.withCString(directory) { unsafe inotify_add_watch(descriptor, $0, mask) }
        guard watch >= 0 else { return false }
        if let old = byPath[directory], old != watch { drop(directory, old) }
        watches[watch] = directory
        byPath[directory] = watch
        return true
    }

    /// Stops watching directories that no pattern leads to any more.
    func keepOnly(_ directories: Set<String>) {
        for (path, watch) in byPath where !directories.contains(path) { drop(path, watch) }
    }

    /// A watch goes with the last path that leads to it.
    private func drop(_ directory: String, _ watch: Int32) {
        byPath[directory] = nil
        guard watches[watch] == directory else { return }
        watches[watch] = byPath.first { $0.value == watch }?.key
        if watches[watch] == nil { inotify_rm_watch(descriptor, watch) }
    }

    /// The directory has gone or has another name, and so have all that were known by this watch.
    private func dropAll(_ watch: Int32, isGone: Bool) {
        for (path, number) in byPath where number == watch { byPath[path] = nil }
        watches[watch] = nil
        if !isGone { inotify_rm_watch(descriptor, watch) }
    }

    /// Everything that has happened since the last call.
    func events(_ handle: (Event) -> Void) {
        guard descriptor >= 0 else { return }
        while true {
            let count = unsafe read(descriptor, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return }
            unsafe parse(UnsafeRawBufferPointer(rebasing: buffer[..<count]), handle)
            if unsafe count < buffer.count / 2 { return }
        }
    }

    private func parse(_ bytes: UnsafeRawBufferPointer, _ handle: (Event) -> Void) {
        let header = MemoryLayout<inotify_event>.size
        var at = 0
        while at + header <= bytes.count {
            let watch = unsafe bytes.loadUnaligned(fromByteOffset: at, as: Int32.self)
            let mask = unsafe bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self)
            let length = unsafe Int(bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
            let start = at + header
            at = start + length
            if mask & UInt32(IN_Q_OVERFLOW) != 0 {
                handle(Event(kind: .overflow, directory: "", name: ""))
                continue
            }
            guard let directory = watches[watch] else { continue }
            if mask & UInt32(IN_IGNORED | IN_MOVE_SELF) != 0 {
                dropAll(watch, isGone: mask & UInt32(IN_IGNORED) != 0)
            }
            let name = unsafe bytes[start..<at].prefix { $0 != 0 }
            let text = unsafe PathText.text(UnsafeRawBufferPointer(rebasing: name).assumingMemoryBound(to: UInt8.self))
            let move = unsafe bytes.loadUnaligned(fromByteOffset: start - header + 8, as: UInt32.self)
            handle(Event(kind: kind(mask), directory: directory, name: text, move: move))
        }
    }

    private func kind(_ mask: UInt32) -> Event.Kind {
        let own = UInt32(IN_DELETE_SELF) | UInt32(IN_MOVE_SELF) | UInt32(IN_IGNORED) | UInt32(IN_UNMOUNT)
        if mask & own != 0 { return .directoryGone }
        if mask & UInt32(IN_ISDIR) != 0 { return .directoryChanged }
        if mask & UInt32(IN_MODIFY) != 0 { return .modified }
        return mask & (UInt32(IN_CREATE) | UInt32(IN_MOVED_TO)) != 0 ? .appeared : .vanished
    }

    /// NFS, SMB, FUSE, overlay and their like do not tell of every change (statfs(2) magic numbers).
    static func isRemote(_ directory: String) -> Bool {
        let polledMagic: Set<UInt64> = [
            0x6969, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x794c_7630, 0x517b, 0x0102_1997, 0x00c3_6400, 0x5346_414f,
        ]
        return unsafe polledMagic.contains(PathText.withCString(directory) { unsafe nt_filesystem_magic($0) })
    }
}
