import Glibc
import Synchronization

/// Where log lines go: a descriptor, usually standard error.
///
/// A reader that does not read (a stopped journal, a full pipe) must not stop the agent. So the sink asks poll(2)
/// before it writes: a pipe that is ready takes at least 4096 bytes without blocking, and no line is longer. The
/// first line that finds the descriptor not ready waits for 50 ms; those after it do not wait, until one gets through.
/// Lines that could not be written are counted, and the next line that can be is preceded by their number.
///
/// - Source: pipe(7), "PIPE_BUF"; poll(2).
package final class AgentLogSink: Sendable {
    /// Bytes of the longest line, its line feed included (PIPE_BUF).
    package static let longestLine = 4096
    private static let patience: Int32 = 50

    private let descriptor: Int32
    private let lost = Mutex(0)

    /// - Parameter descriptor: stays the caller's, and open for as long as the sink is used.
    package init(descriptor: Int32 = 2) {
        self.descriptor = descriptor
    }

    /// Writes one line.
    /// - Parameter line: without its line feed.
    package func write(_ line: String) {
        lost.withLock { lost in
            guard isReady(wait: lost == 0 ? AgentLogSink.patience : 0) else {
                lost += 1
                return
            }
            if lost > 0 {
                put("needletail: \(lost) lines of this log were lost, because nobody read it")
                lost = 0
                guard isReady(wait: 0) else {
                    lost = 1
                    return
                }
            }
            put(line)
        }
    }

    /// Lines that wait to be reported as lost.
    package var lostLines: Int { lost.withLock { $0 } }

    private func isReady(wait milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) == 1 && entry.revents & Int16(POLLOUT) != 0
    }

    private func put(_ line: String) {
        var bytes = Array(line.utf8.prefix(AgentLogSink.longestLine - 1))
        bytes.append(UInt8(ascii: "\n"))
        _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
    }
}
