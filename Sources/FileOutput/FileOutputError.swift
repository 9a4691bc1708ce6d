import Glibc
import Publishing

/// Why events could not be written to a file or to standard output.
package struct FileOutputError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case directory, open, write, sync, truncate, locked

        package var label: String { rawValue }
    }

    package let code: Code
    /// What happened, and what to do.
    package let message: String
    package let path: String
    /// errno, or 0.
    package let cause: CInt

    init(_ code: Code, _ path: String, cause: CInt) {
        self.code = code
        self.path = path
        self.cause = cause
        let reason = unsafe String(cString: strerror(cause))
        message =
            switch (code, cause) {
            case (_, ENOSPC), (_, EDQUOT): "no space left: free some, or set a smaller number_of_files"
            case (_, EROFS): "the file system is read-only"
            case (_, EACCES), (_, EPERM): "permission denied: check owner and permissions of the directory"
            case (_, EPIPE): "nobody reads it any more"
            case (.directory, _): "cannot create the directory: \(reason)"
            case (.open, _): "cannot open it: \(reason)"
            case (.write, _): "cannot write to it: \(reason)"
            case (.sync, _): "cannot bring it to the disk: \(reason)"
            case (.truncate, _): "cannot remove a half-written line: \(reason)"
            case (.locked, _): "another process writes to it: give this output a path or filename of its own"
            }
    }

    package var description: String { "\(path): \(message)" }

    var failure: Reply.Failure { Reply.Failure(.io, description) }
}
