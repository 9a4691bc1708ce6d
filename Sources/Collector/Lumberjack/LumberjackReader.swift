package import LumberjackCodec

/// Reads a client's frames from a stream that comes in pieces of any size, with little memory however large they are.
///
/// Unlike `LumberjackDecoder` it stops when the batch is full, and inflates a compressed frame while it comes in: it holds
/// one unfinished event and one piece at most. The connection is to be closed after an error.
package struct LumberjackReader {
    package enum Stop { case needsInput, full }

    private let eventLimit: Int
    private static let windowLimit = 1 << 20
    private static let compressedLimit = 1 << 30

    private var input = ByteQueue()
    /// What came out of the compressed frame that is being read.
    private var plain = ByteQueue()
    /// Compressed bytes of that frame that are still to come; nil: no frame is open.
    private var frameLeft: Int?
    private let inflater = InflateStream(.zlib)
    /// Events of the window that are still to come.
    private(set) var expected = 0

    package init(eventLimit: Int) { self.eventLimit = eventLimit }

    /// Bytes that are held here.
    package var heldBytes: Int { input.count + plain.count }

    /// A frame or a window has begun and not ended.
    package var isBusy: Bool { !input.isEmpty || frameLeft != nil || expected > 0 }

    package mutating func append(_ bytes: UnsafeRawBufferPointer) { unsafe input.append(bytes) }

    package mutating func read(into batch: inout LumberjackBatch) throws(LumberjackError) -> Stop {
        defer {
            input.compact()
            plain.compact()
        }
        while !batch.isFull {
            if frameLeft == nil {
                guard try readFrame(&batch) else { return .needsInput }
            } else if let event = try nextEvent(plain) {
                take(event, plain, &batch)
                plain.drop(event.bytes.upperBound)
            } else {
                guard try inflate() else { return .needsInput }
            }
        }
        return .full
    }

    /// Reads a frame outside of compressed ones. Returns false when it is not complete.
    private mutating func readFrame(_ batch: inout LumberjackBatch) throws(LumberjackError) -> Bool {
        guard let code = try frameCode(input) else { return false }
        switch code {
        case LumberjackFrame.windowCode:
            guard let count = input.number(at: 2) else { return false }
            try beginWindow(Int(count), &batch)
            input.drop(LumberjackFrame.windowBytes)
            return true
        case LumberjackFrame.compressedCode:
            guard let length = input.number(at: 2) else { return false }
            guard length <= LumberjackReader.compressedLimit else {
                throw LumberjackError(.compressed, "a compressed frame of \(length) bytes")
            }
            input.drop(LumberjackFrame.compressedHeaderBytes)
            frameLeft = Int(length)
            inflater.reset()
            return true
        case LumberjackFrame.eventCode:
            guard let event = try nextEvent(input) else { return false }
            take(event, input, &batch)
            input.drop(event.bytes.upperBound)
            return true
        default: throw LumberjackError(.frameType, "a frame of type \(code) does not belong here")
        }
    }

    private func frameCode(_ queue: borrowing ByteQueue) throws(LumberjackError) -> UInt8? {
        guard let version = queue.byte(at: 0) else { return nil }
        guard version == LumberjackFrame.version else {
            throw LumberjackError(.version, "expected a frame of version 2, found byte \(version)")
        }
        return queue.byte(at: 1)
    }

    private mutating func beginWindow(_ count: Int, _ batch: inout LumberjackBatch) throws(LumberjackError) {
        guard expected == 0 else {
            throw LumberjackError(.unexpectedWindow, "a window began when \(expected) events of the last were missing")
        }
        guard count <= LumberjackReader.windowLimit else {
            throw LumberjackError(
                .windowTooLarge, "a window of \(count) events; \(LumberjackReader.windowLimit) are allowed")
        }
        expected = count
        if count == 0 { batch.windows.append(0) }
    }

    /// The event frame that the queue begins with, in a compressed frame or not; nil when it is not complete.
    private func nextEvent(
        _ queue: borrowing ByteQueue
    ) throws(LumberjackError) -> (sequence: UInt32, bytes: Range<Int>)? {
        guard let code = try frameCode(queue) else { return nil }
        guard code == LumberjackFrame.eventCode else {
            throw LumberjackError(.frameType, "a frame of type \(code) does not belong here")
        }
        guard expected > 0 else {
            throw LumberjackError(.unexpectedEvent, "an event came that no window had announced")
        }
        guard let sequence = queue.number(at: 2), let length = queue.number(at: 6) else { return nil }
        guard length <= eventLimit else {
            throw LumberjackError(
                .eventTooLarge, "an event of \(length) bytes; collector.limits.event allows \(eventLimit)")
        }
        let whole = LumberjackFrame.eventHeaderBytes + Int(length)
        guard queue.count >= whole else { return nil }
        return (sequence, LumberjackFrame.eventHeaderBytes..<whole)
    }

    private mutating func take(
        _ event: (sequence: UInt32, bytes: Range<Int>), _ queue: borrowing ByteQueue, _ batch: inout LumberjackBatch
    ) {
        unsafe queue.withBytes(event.bytes) { unsafe batch.events.append($0) }
        expected -= 1
        batch.partial = expected > 0 ? event.sequence : nil
        if expected == 0 { batch.windows.append(event.sequence) }
    }

    /// Inflates one more piece of the frame, or ends it. Returns false when its bytes have not come yet.
    private mutating func inflate() throws(LumberjackError) -> Bool {
        let left = frameLeft ?? 0
        if inflater.isAtEnd {
            guard left == 0 else {
                throw LumberjackError(.compressed, "bytes behind the zlib stream of a compressed frame")
            }
            guard plain.isEmpty else {
                throw LumberjackError(.compressed, "a compressed frame ends in the middle of an event")
            }
            frameLeft = nil
            return true
        }
        let offered = min(left, input.count)
        let step: (taken: Int, made: Int)
        do {
            var made: [UInt8] = []
            swap(&made, &plain.bytes)
            defer { swap(&made, &plain.bytes) }
            step = try unsafe input.withBytes(0..<offered) { (bytes) throws(InflateStream.Failure) in
                unsafe try inflater.step(bytes, to: &made)
            }
        } catch {
            throw LumberjackError(.compressed, "a compressed frame is no zlib stream")
        }
        input.drop(step.taken)
        frameLeft = left - step.taken
        if inflater.isAtEnd || step.made > 0 || step.taken > 0 { return true }
        guard left > offered else {
            throw LumberjackError(.compressed, "a compressed frame is no whole zlib stream")
        }
        return false
    }
}
