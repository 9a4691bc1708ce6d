import ByteTools
import CShim
import EventModel
import Glibc
import Logging

/// The open descriptors of an input.
struct DescriptorSet {
    /// Files at rest that keep their descriptor, so that a line more costs no open.
    static let idleMaximum = 32

    private(set) var states: [Int64: FileState] = [:]

    var count: Int { states.count }

    mutating func insert(_ state: FileState) { states[state.id] = state }
    mutating func remove(_ state: FileState) { states[state.id] = nil }
}

extension FileInput {
    /// Beyond `idleMaximum` open files, those quiet for so long are closed.
    static let briefQuiet: Int64 = 2_000_000_000

    /// Closes files that have been quiet: all of them after `close.on_state_change.inactive`, and those beyond
    /// `idleMaximum`, the longest quiet first, much sooner. A file without a name is let go when it has been read.
    func closeQuiet(now: Int64) {
        let quiet = open.states.values.filter { !$0.isQueued && !$0.isUnlinked }.sorted { $0.lastRead < $1.lastRead }
        for state in quiet where restsUntil(state) <= now { close(state) }
        for state in quiet where state.isOpen && open.count > DescriptorSet.idleMaximum {
            if state.lastRead + FileInput.briefQuiet > now { break }
            close(state)
        }
        closeDeadline = .max
        for state in open.states.values { expectQuiet(state) }
        closeDeadline = max(closeDeadline, now + FileInput.settleTime)
    }

    /// When the settings want the file closed, if nothing happens.
    private func restsUntil(_ state: FileState) -> Int64 {
        let due = state.lastRead + settings.closeInactive.inNanoseconds
        guard settings.closeAfterInterval > .zero else { return due }
        return min(due, state.openedAt + settings.closeAfterInterval.inNanoseconds)
    }

    /// The file was opened or is open: it may have to be closed in some time.
    private func expectQuiet(_ state: FileState) {
        closeDeadline = min(closeDeadline, restsUntil(state))
        if open.count > DescriptorSet.idleMaximum {
            closeDeadline = min(closeDeadline, state.lastRead + FileInput.briefQuiet)
        }
    }

    func close(_ state: FileState) {
        guard state.isOpen else { return }
        Syscall.close(state.descriptor)
        state.descriptor = -1
        state.isVerified = false
        open.remove(state)
        unnamed[state.id] = nil
        counts.filesClosed += 1
        retryWaiting()
    }

    var descriptorMaximum: Int {
        settings.harvesterLimit > 0 ? min(settings.harvesterLimit, context.descriptors) : context.descriptors
    }

    /// Opens a file, taking a descriptor from another one when there are none left.
    /// - Returns: false when it cannot be opened now; it waits, or the reason has been told.
    func openDescriptor(_ state: FileState, now: Int64) -> Bool {
        if open.count >= max(1, descriptorMaximum), !yieldOne() {
            waiting.append(state)
            return false
        }
        do throws(Syscall.Failure) {
            let descriptor = try Syscall.open(state.path, follow: settings.symlinks)
            let stat: nt_stat
            do throws(Syscall.Failure) {
                stat = try Syscall.stat(descriptor: descriptor)
            } catch {
                Syscall.close(descriptor)
                throw error
            }
            guard stat.key == state.key, stat.isRegular, isSameFile(state, stat) else {
                // Another file has taken the name; the scan finds out which.
                Syscall.close(descriptor)
                scanSoon()
                return false
            }
            state.descriptor = descriptor
            state.size = stat.size
            state.openedAt = now
            state.lastRead = now
            open.insert(state)
            expectQuiet(state)
            counts.filesOpened += 1
            refused.remove(state.path)
            return true
        } catch {
            counts.openFailures += 1
            return failedToOpen(state, error, now: now)
        }
    }

    private func failedToOpen(_ state: FileState, _ error: Syscall.Failure, now: Int64) -> Bool {
        if error.isMissing {
            scanSoon()
        } else if error.isOutOfDescriptors {
            if yieldOne() { return openDescriptor(state, now: now) }
            refuse(state.path, "file has to wait for a descriptor", error.text)
            waiting.append(state)
        } else {
            refuse(state.path, "file cannot be opened", error.text)
        }
        return false
    }

    /// Closes the descriptor that was used longest ago. A file without a name keeps its own until it has been read; one
    /// that has been, and is only waited for, is told to end.
    private func yieldOne() -> Bool {
        if let candidate = open.states.values.filter({ !$0.isUnlinked }).min(by: { $0.lastRead < $1.lastRead }) {
            close(candidate)
            return true
        }
        let resting = unnamed.values.filter { !$0.isQueued && !$0.isEnding }.min { $0.lastRead < $1.lastRead }
        if let resting {
            resting.isEnding = true
            enqueue(resting)
        }
        return false
    }

    /// Files that wait for a descriptor try again.
    func retryWaiting() {
        while let state = waiting.popFirst() { enqueue(state) }
    }
}
