/// How the process ends: numbers of sysexits.h, so that scripts and service managers can tell the reasons apart.
package enum ExitStatus: Int32, Sendable {
    /// All that was asked for is done; for `ship`, every byte is settled.
    case success = 0
    /// EX_USAGE: the command line is wrong.
    case usage = 64
    /// EX_NOINPUT: no such file, or it can't be read.
    case noInput = 66
    /// EX_SOFTWARE: a bug of ours.
    case software = 70
    /// EX_TEMPFAIL: not delivered in time, or interrupted; can be tried again.
    case notDelivered = 75
    /// EX_CONFIG: the configuration is wrong, or another agent holds the data directory.
    case configuration = 78
}
