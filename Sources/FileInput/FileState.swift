import CShim
import EventModel
import FileRegistry

/// One file as the pipeline's thread knows it. A file with nothing to say is this and nothing more: no descriptor, no
/// buffer, no timer.
///
/// - Ownership: the pipeline's thread.
package final class FileState {
    /// What the registry has, or will have with the next commit.
    var record: FileRecord
    /// Everything before this byte has been put into batches.
    package internal(set) var readOffset: UInt64
    /// What stands in front of `readOffset`.
    var anchor: Anchor
    /// What the file begins with, as far as it has been read; it grows once the beginning has been looked at.
    var opening = Opening.none
    /// -1 while closed.
    var descriptor: Int32 = -1
    /// The open descriptor has been found to be the file of the record.
    var isVerified = false
    /// How its lines become events; nil until the first line of the generation is whole.
    var source: EventSource?
    /// Waits in the ready queue.
    var isQueued = false
    /// Size and modification time at the last look.
    var size: UInt64 = 0
    var modified: Int64 = 0
    /// Bytes behind `readOffset` that held no terminator when they were looked at, and what stood at their end.
    var searched: UInt64 = 0
    var searchedAnchor = Anchor.none
    /// The name is gone; what the descriptor still has is read to the end.
    var isUnlinked = false
    /// When the name was found to be gone (monotonic ns).
    var lostName: Int64 = 0
    /// Without a name and quiet for long enough: what is there now is all that there will be.
    var isEnding = false
    /// Renamed to a name that no pattern matches; it is read to its end all the same.
    var isOutside = false
    /// Number of the last scan that saw it.
    var scan = 0
    /// When bytes were last read, and when it was opened (monotonic ns).
    var lastRead: Int64 = 0
    var openedAt: Int64 = 0
    /// Bytes that a batch must have free for the next line; more than usual once a line has asked for it.
    package var roomNeeded = FileInput.minimumRoom
    /// Guess at the bytes of a line, to read about as much as a batch has room for.
    var lineBytes = 256
    /// Not in the table any more; what still refers to it is to leave it alone.
    var isGone = false
    /// Nothing is read before the registry has committed this ticket.
    var awaitedTicket: UInt64 = 0

    init(record: FileRecord) {
        self.record = record
        readOffset = record.offset
        anchor = record.anchor
    }

    package var id: Int64 { record.id }
    package var path: String { record.path }
    package var generation: UInt32 { record.generation }
    var key: InodeKey { InodeKey(device: record.device, inode: record.inode) }
    var isOpen: Bool { descriptor >= 0 }
    /// Everything that was read is settled.
    var isSettled: Bool { record.offset == readOffset }
    /// Bytes that are there and not yet read.
    package var unread: UInt64 { size > readOffset ? size - readOffset : 0 }

    /// The same inode begins anew: truncated, or replaced in place. A generation without a key had no events, and is
    /// begun again under its number.
    func beginGeneration() {
        if !record.idKey.isEmpty { record.generation += 1 }
        record.offset = 0
        record.anchor = .none
        record.fingerprint = ""
        record.fingerprintLength = 0
        record.idKey = ""
        readOffset = 0
        anchor = .none
        opening = .none
        searched = 0
        size = 0
        source = nil
    }
}
