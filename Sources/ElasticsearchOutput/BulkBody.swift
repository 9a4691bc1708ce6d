import ByteTools
import EventModel
import HTTPTransport
import NIOCore

/// The bodies of one lane: for each event an action and the event itself, a line each.
///
/// ```
/// {"create":{"_index":"logs","_id":"3f2a…-1043"}}
/// {"@timestamp":"2026-11-23T09:00:00.000Z",…}
/// ```
/// - Shape: written straight into a buffer that is used again; nothing is allocated per event, but where a field of the
///   event or its own id decides about the action.
/// - Units: limits are bytes before compression, as `http.max_content_length` counts them.
struct BulkBody: HTTPBody {
    private let plan: BulkPlan
    private var actions: ActionHead
    private let compressor: GzipCompressor?
    private var plain = ByteBuffer()
    private var packed = ByteBuffer()
    private var refused: [HTTPBodyPart.Refusal] = []
    var plainBytes: Int { plain.readableBytes }

    init(_ plan: BulkPlan) throws {
        self.plan = plan
        actions = ActionHead(plan)
        compressor = plan.compressionLevel > 0 ? try GzipCompressor(level: plan.compressionLevel) : nil
    }

    mutating func build(_ events: inout DeliveryEncoder, _ range: Range<Int>, limit: Int) -> HTTPBodyPart {
        // Taken out for the time of the call, so that the buffer is not copied.
        var buffer = plain
        plain = ByteBuffer()
        buffer.clear()
        refused = []
        var at = range.lowerBound
        var room = 64 * 1024
        while at < range.upperBound {
            let before = at
            if append(&events, &at, range, limit, room, &buffer) { break }
            // Nothing fits: an event is larger than the room that was asked for.
            room = at == before ? room * 2 : 64 * 1024
        }
        plain = buffer
        return HTTPBodyPart(taken: at - range.lowerBound, refused: refused)
    }

    mutating func wireBytes() -> ByteBuffer {
        guard let compressor else { return plain }
        compressor.compress(plain, into: &packed)
        return packed
    }

    /// Appends events while there is room in the buffer.
    /// - Returns: true when the limit is reached.
    private mutating func append(
        _ events: inout DeliveryEncoder, _ at: inout Int, _ range: Range<Int>, _ limit: Int, _ room: Int,
        _ buffer: inout ByteBuffer
    ) -> Bool {
        let written = buffer.readableBytes
        var isFull = false
        unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
            var cursor = unsafe ByteCursor(space)
            let start = cursor.room
            while at < range.upperBound {
                let mark = cursor
                guard let isIn = write(at, &events, to: &cursor) else {
                    cursor = mark
                    break
                }
                if isIn, written + start - mark.room > 0, written + start - cursor.room > limit {
                    cursor = mark
                    isFull = true
                    break
                }
                at += 1
            }
            return start - cursor.room
        }
        return isFull
    }

    /// Writes the two lines of an event.
    /// - Returns: whether it is in the body; nil when the cursor has not the room.
    @inline(__always)
    private mutating func write(
        _ position: Int, _ events: inout DeliveryEncoder, to cursor: inout ByteCursor
    ) -> Bool? {
        if plan.dependsOnFields { return writeApart(position, &events, to: &cursor) }
        let mark = cursor
        guard cursor.room > actions.head.count + 4 else { return nil }
        cursor.put(actions.head)
        guard events.writeEventID(position, to: &cursor), cursor.room > 4 else { return nil }
        cursor.put("\"}}\n")
        let event = cursor
        guard events.encode(position, to: &cursor), cursor.room >= 1 else { return nil }
        if actions.mustLook(at: event, upTo: cursor) {
            cursor = mark
            return writeApart(position, &events, to: &cursor)
        }
        cursor.put(0x0a)
        return true
    }

    /// The slow way: the event is looked into for its target and for an id of its own.
    @inline(never)
    private mutating func writeApart(
        _ position: Int, _ events: inout DeliveryEncoder, to cursor: inout ByteCursor
    ) -> Bool? {
        var event = events.event(position)
        let action: [UInt8]
        do throws(ActionHead.Refusal) {
            action = try actions.action(for: &event) { events.id(position) }
        } catch {
            refused.append(.init(position: position, rejection: error.rejection))
            return false
        }
        guard cursor.room >= action.count + event.count + 1 else { return nil }
        cursor.put(action)
        cursor.put(event)
        cursor.put(0x0a)
        return true
    }
}

extension DeliveryEncoder {
    fileprivate mutating func id(_ position: Int) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 1024) { buffer, count in
            var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
            let room = cursor.room
            _ = writeEventID(position, to: &cursor)
            count = room - cursor.room
        }
    }
}
