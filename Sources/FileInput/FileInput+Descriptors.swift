import CShim
import EventModel
import Glibc
import Logging

/// The open descriptors of an input, the longest quiet first.
struct DescriptorSet {
    /// Files at rest that keep their descriptor, so that a line more costs no open.
    static let idleMaximum = 32

    private(set) var states: [Int64: FileState] = [:]

    var count: Int { states.count }

    mutating func insert(_ state: FileState) { states[state.id] = state }
    mutating func remove(_ state: FileState) { states[state.id] = nil }

    /// When a descriptor has to be looked at: never, while there are few and none has been quiet for long.
    func nextDeadline(quiet: (FileState) -> Int64?) -> Int64? {
        states.values.compactMap { quiet($0) }.min()
    }
}

extension FileInput {
    /// Beyond `idleMaximum` open files, those quiet for so long are closed.
    static let briefQuiet: Int64 = 2_000_000_000

    /// When this descriptor is to be closed if nothing happens; nil: something has to happen first.
    var quietTime: (FileState) -> Int64? {
        let brief = open.count > DescriptorSet.idleMaximum
        return { [settings] state in
            if state.isQueued { return nil }
            var due = state.lastRead + settings.closeInactive.inNanoseconds
            if brief { due = min(due, state.lastRead + FileInput.briefQuiet) }
            if settings.closeAfterInterval > .zero {
                due = min(due, state.openedAt + settings.closeAfterInterval.inNanoseconds)
            }
            return due
        }
    }

    func closeQuiet(now: Int64) {
        let due = quietTime
        let quiet = open.states.values.filter { (due($0) ?? .max) <= now && !$0.isUnlinked }
        guard !quiet.isEmpty else { return }
        for state in quiet.sorted(by: { $0.lastRead < $1.lastRead }) { close(state) }
        flushRegistry()
    }

    func close(_ state: FileState) {
        guard state.isOpen else { return }
        Syscall.close(state.descriptor)
        state.descriptor = -1
        state.isVerified = false
        open.remove(state)
        counts.filesClosed += 1
    }

    var descriptorMaximum: Int {
        settings.harvesterLimit > 0 ? min(settings.harvesterLimit, context.descriptors) : context.descriptors
    }

    /// Opens a file, taking a descriptor from another one when there are none left.
    /// - Returns: false when it cannot be opened now; the reason has been told.
    func openDescriptor(_ state: FileState, now: Int64) -> Bool {
        if open.count >= descriptorMaximum, !yieldOne(now: now) { return false }
        do throws(Syscall.Failure) {
            let descriptor = try Syscall.open(state.path, follow: settings.symlinks)
            let stat: nt_stat
            do throws(Syscall.Failure) {
                stat = try Syscall.stat(descriptor: descriptor)
            } catch {
                Syscall.close(descriptor)
                throw error
            }
            guard stat.key == state.key, stat.isRegular else {
                // Another file has taken the name; the scan finds out which.
                Syscall.close(descriptor)
                nextScan = now
                return false
            }
            state.descriptor = descriptor
            state.size = stat.size
            state.openedAt = now
            state.lastRead = now
            open.insert(state)
            counts.filesOpened += 1
            refused.remove(state.path)
            return true
        } catch {
            counts.openFailures += 1
            if error.isMissing {
                nextScan = now
            } else if error.isOutOfDescriptors, yieldOne(now: now) {
                return openDescriptor(state, now: now)
            } else {
                refuse(state.path, "file cannot be opened", error.text)
            }
            return false
        }
    }

    /// Closes the descriptor that was used longest ago; a file without a name keeps its own until it has been read.
    private func yieldOne(now: Int64) -> Bool {
        let candidate = open.states.values.filter { !$0.isUnlinked }.min { $0.lastRead < $1.lastRead }
        guard let candidate else { return false }
        close(candidate)
        return true
    }
}
