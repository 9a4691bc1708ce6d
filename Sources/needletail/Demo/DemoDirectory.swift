import FoundationEssentials
import Glibc

/// Where a demo keeps its files: a temporary directory, or one that is to stay.
struct DemoDirectory: Sendable {
    let path: String
    let isTemporary: Bool

    struct MakeError: Error, CustomStringConvertible {
        let description: String
    }

    /// - Parameter keep: the directory that stays; it is made if need be. nil: a new one below `TMPDIR`.
    init(keep: String?) throws(MakeError) {
        if let keep {
            path = DemoDirectory.absolute(keep)
            isTemporary = false
            for part in ["", "/logs"] {
                guard unsafe mkdir(path + part, 0o755) == 0 || errno == EEXIST else {
                    throw MakeError(description: "\(path + part): \(unsafe String(cString: strerror(errno)))")
                }
            }
            return
        }
        let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/needletail-demo-XXXXXX".utf8CString)
        guard unsafe mkdtemp(&template) != nil else {
            throw MakeError(description: "\(parent): \(unsafe String(cString: strerror(errno)))")
        }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        isTemporary = true
        guard unsafe mkdir(path + "/logs", 0o755) == 0 else {
            throw MakeError(description: "\(path)/logs: \(unsafe String(cString: strerror(errno)))")
        }
    }

    /// Removes a temporary directory with all that is in it.
    func remove() {
        guard isTemporary else { return }
        try? FileManager.default.removeItem(atPath: path)
    }

    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(here) }
        return unsafe String(cString: here) + "/" + path
    }
}
