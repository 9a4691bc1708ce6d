import CShim
import EventModel
import FileRegistry
import Logging
import Parsing

/// Before a file is read: is it open, is it the file that it is taken for, and what are its events called?
extension FileInput {
    /// - Returns: false when there is nothing to be read now.
    func prepare(_ state: FileState) throws(Syscall.Failure) -> Bool {
        if !state.isOpen {
            guard !state.isUnlinked, openDescriptor(state, now: clock) else { return false }
        }
        if !needsHead(state), try state.opening.begins(descriptor: state.descriptor) { return true }
        let head = try FileIdentity.head(state.descriptor)
        guard isKnown(state, head) else { return false }
        return try name(state, head)
    }

    /// The file's beginning is read when it was opened, until its first line is taken, and while its fingerprint or what
    /// is known of its opening grows.
    private func needsHead(_ state: FileState) -> Bool {
        if !state.isVerified || state.source == nil || state.readOffset == 0 { return true }
        if state.opening.length < Opening.length(at: state.readOffset) { return true }
        let length = state.record.fingerprintLength
        return length < FileIdentity.fingerprintMaximum && UInt64(length) < state.readOffset
    }

    /// Compares the file's beginning with what was read of it, or, after a start, with what the registry knows.
    /// - Returns: false when the file turned out to be another one, which is not to be read.
    private func isKnown(_ state: FileState, _ head: [UInt8]) -> Bool {
        let wasVerified = state.isVerified
        state.isVerified = true
        let known = FileIdentity.Fingerprint(hash: state.record.fingerprint, length: state.record.fingerprintLength)
        let isOfRegistry = known.length == 0 || FileIdentity.matches(head, known)
        if state.opening.length > 0 ? state.opening.begins(head) : isOfRegistry {
            // The fingerprint may cover an unfinished line that was truncated away.
            if !isOfRegistry { setFingerprint(state, head) }
            state.opening.extend(from: head, end: state.readOffset)
            return true
        }
        if state.isOutside, !wasVerified, state.record.birth == 0 {
            // Nothing but the content tells: the inode of a rotated file serves another one now, which no pattern matches.
            forget(state)
            return false
        }
        restart(state, "file begins otherwise than before, read anew from its start")
        return true
    }

    /// Names the generation once its first line is whole, and makes the template of its events.
    private func name(_ state: FileState, _ head: [UInt8]) throws(Syscall.Failure) -> Bool {
        guard !head.isEmpty else { return state.readOffset > 0 }
        if state.record.idKey.isEmpty {
            guard let line = firstLine(state, head) else {
                if state.readOffset == 0 { noteSearched(state, UInt64(head.count)) }
                return false
            }
            let stat = try Syscall.stat(descriptor: state.descriptor)
            growFingerprint(state, head)
            state.record.idKey = FileIdentity.key(stat, generation: state.generation, firstLine: head[..<line])
            guard keyed(state) else { return false }
        } else {
            growFingerprint(state, head)
        }
        if state.source == nil { state.source = makeSource(state) }
        return true
    }

    /// Bytes of the first line with its terminator, as far as they lie in the head; nil: its end has not come yet.
    private func firstLine(_ state: FileState, _ head: [UInt8]) -> Int? {
        let end: Int?
        if format.isPlain {
            end = head.firstIndex(of: 0x0a).map { $0 + 1 }
        } else {
            end = unsafe head.withUnsafeBufferPointer { bytes in
                guard let (own, skip) = unsafe try? format.format.start(of: bytes) else { return nil }
                return unsafe own.nextTerminator(in: bytes, from: skip).map { $0.end + $0.length }
            }
        }
        if let end { return end }
        return head.count == FileIdentity.fingerprintMaximum || endsHere(state) ? head.count : nil
    }

    private func makeSource(_ state: FileState) -> EventSource {
        let record = state.record
        let isComplete = record.fingerprintLength == FileIdentity.fingerprintMaximum
        let facts = FileFacts(
            path: record.path, device: record.device, inode: record.inode,
            fingerprint: isComplete ? record.fingerprint : nil, idKey: record.idKey
        )
        return EventSource(
            fileID: state.id, generation: state.generation, path: record.path, idKey: record.idKey,
            template: context.template(facts)
        )
    }

    /// The events tell the fingerprint as soon as it is complete.
    private func growFingerprint(_ state: FileState, _ head: [UInt8]) {
        if head.count > state.record.fingerprintLength { setFingerprint(state, head) }
    }

    private func setFingerprint(_ state: FileState, _ head: [UInt8]) {
        let print = FileIdentity.fingerprint(head)
        if max(print.length, state.record.fingerprintLength) == FileIdentity.fingerprintMaximum { state.source = nil }
        state.record.fingerprint = print.hash
        state.record.fingerprintLength = print.length
    }

    /// What is there now is all there will be: an unterminated last line is sent as it is.
    func endsHere(_ state: FileState) -> Bool { state.isEnding || settings.once }
}
