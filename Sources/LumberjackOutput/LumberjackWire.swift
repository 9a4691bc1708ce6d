import ByteTools
import LumberjackCodec
import NIOCore
import Transport

/// Events as Lumberjack windows.
///
/// Each chunk is a window of its own, so that its count is known when it is sent, a chunk stays in the processor's
/// cache from encoding through compression to the socket, and acknowledgements come often.
struct LumberjackWire: StreamWire {
    /// Bytes of event frames that are compressed at once. Larger frames compress hardly better.
    static let frameBytes = 256 * 1024

    private let compressor: FrameCompressor?
    private var frames = ByteBuffer()
    private var windows = WindowTracker()
    private let largestEvent: Int

    /// - Parameter level: 0 to 9; 0 sends event frames as they are.
    init(level: Int, largestEvent: Int) {
        compressor = level > 0 ? FrameCompressor(level: level) : nil
        self.largestEvent = largestEvent
    }

    var chunkBytes: Int { compressor == nil ? 128 * 1024 : 64 * 1024 }
    var isPolled: Bool { false }

    mutating func opened() { windows = WindowTracker() }

    mutating func encode(_ feed: EventFeed, into chunk: inout ByteBuffer) -> Int {
        let events = compressor == nil ? encodePlain(feed, &chunk) : encodeCompressed(feed, &chunk)
        if events > 0 { windows.sent(window: events) }
        return events
    }

    private func encodePlain(_ feed: EventFeed, _ chunk: inout ByteBuffer) -> Int {
        var events = 0
        unsafe chunk.writeWithUnsafeMutableBytes(minimumWritableBytes: 0) { buffer in
            var cursor = unsafe ByteCursor(buffer)
            var window = cursor
            cursor.advance(LumberjackFrame.windowBytes)
            events = LumberjackWire.putEvents(feed, &cursor, largest: largestEvent)
            guard events > 0 else { return 0 }
            LumberjackFrame.putWindow(count: events, to: &window)
            return buffer.count - cursor.room
        }
        return events
    }

    private mutating func encodeCompressed(_ feed: EventFeed, _ chunk: inout ByteBuffer) -> Int {
        let wanted = max(LumberjackWire.frameBytes, chunk.capacity)
        if frames.capacity < wanted { frames = ByteBufferAllocator().buffer(capacity: wanted) }
        frames.clear()
        var events = 0
        let largest = largestEvent
        unsafe frames.writeWithUnsafeMutableBytes(minimumWritableBytes: 0) { buffer in
            var cursor = unsafe ByteCursor(buffer)
            events = LumberjackWire.putEvents(feed, &cursor, largest: largest)
            return buffer.count - cursor.room
        }
        if events > 0 { putCompressed(count: events, &chunk) }
        // The one large event is gone; so is its memory.
        if frames.capacity > LumberjackWire.frameBytes { frames = ByteBuffer() }
        return events
    }

    /// As many events as fit, each behind its header.
    private static func putEvents(
        _ feed: EventFeed, _ cursor: inout ByteCursor, largest: Int
    ) -> Int {
        var events = 0
        while !feed.isAtEnd {
            guard feed.lineLength <= largest else {
                feed.refuse()
                continue
            }
            guard cursor.room > LumberjackFrame.eventHeaderBytes else { break }
            var header = cursor
            cursor.advance(LumberjackFrame.eventHeaderBytes)
            let room = cursor.room
            guard feed.encode(to: &cursor) else {
                cursor = header
                break
            }
            let length = room - cursor.room
            guard length <= largest else {
                cursor = header
                feed.refuse()
                continue
            }
            events += 1
            LumberjackFrame.putEventHeader(sequence: events, length: length, to: &header)
            feed.advance()
        }
        return events
    }

    /// The window and one compressed frame with all of `frames`.
    private func putCompressed(count: Int, _ chunk: inout ByteBuffer) {
        if putCompressed(count: count, &chunk, room: chunk.writableBytes) { return }
        // It hardly shrinks.
        let headers = LumberjackFrame.windowBytes + LumberjackFrame.compressedHeaderBytes
        let bound = (compressor?.bound(frames.readableBytes) ?? 0) + headers
        chunk = ByteBufferAllocator().buffer(capacity: bound)
        _ = putCompressed(count: count, &chunk, room: bound)
    }

    private func putCompressed(count: Int, _ chunk: inout ByteBuffer, room: Int) -> Bool {
        let headers = LumberjackFrame.windowBytes + LumberjackFrame.compressedHeaderBytes
        guard let compressor, room > headers else { return false }
        return unsafe chunk.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { buffer in
            var cursor = unsafe ByteCursor(buffer)
            let rest = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[headers...])
            let written = unsafe frames.withUnsafeReadableBytes { unsafe compressor.compress($0, into: rest) }
            guard let written else { return 0 }
            LumberjackFrame.putWindow(count: count, to: &cursor)
            LumberjackFrame.putCompressedHeader(length: written, to: &cursor)
            return headers + written
        } > 0
    }

    func taken(events: Int, sent: Int) {}

    mutating func received(_ bytes: inout ByteBuffer) throws(TransportError) -> Arrival {
        var arrival = Arrival(events: 0, isProgress: false)
        while let version = bytes.getInteger(at: bytes.readerIndex, as: UInt8.self) {
            let code = bytes.getInteger(at: bytes.readerIndex + 1, as: UInt8.self)
            guard version == LumberjackFrame.version,
                code ?? LumberjackFrame.acknowledgementCode
                    == LumberjackFrame.acknowledgementCode
            else { throw TransportError(.protocolError, "the server sent something that is no acknowledgement") }
            guard bytes.readableBytes >= LumberjackFrame.acknowledgementBytes else { break }
            bytes.moveReaderIndex(forwardBy: 2)
            guard let sequence = bytes.readInteger(as: UInt32.self) else { break }
            do throws(LumberjackError) {
                arrival.events += try windows.acknowledge(sequence)
            } catch {
                throw TransportError(.protocolError, error.message)
            }
            arrival.isProgress = true
        }
        return arrival
    }

    func polled(acknowledged: Int) -> Arrival { Arrival(events: 0, isProgress: false) }
}
