import ByteTools
import EventModel
import HTTPTransport
import NIOCore

/// Writes the events of a delivery into bodies, in buffers that are used again.
///
/// - Units: limits are bytes before compression, which is what servers count as well (or a fixed ratio of it).
struct BodyBuilder: HTTPBody {
    private let format: HTTPSettings.Format
    private let compressor: GzipCompressor?
    private var plain = ByteBuffer()
    private var packed = ByteBuffer()
    /// Bytes of the last body before it was compressed.
    var plainBytes: Int { plain.readableBytes }

    init(format: HTTPSettings.Format, level: Int) throws {
        self.format = format
        compressor = level > 0 ? try GzipCompressor(level: level) : nil
    }

    /// Builds a body of as many events as stay within the limit, and one at least.
    mutating func build(_ events: inout DeliveryEncoder, _ range: Range<Int>, limit: Int) -> HTTPBodyPart {
        plain.clear()
        if format == .jsonArray { plain.writeInteger(UInt8(ascii: "[")) }
        var at = range.lowerBound
        var room = 64 * 1024
        while at < range.upperBound {
            let before = at
            let full = append(&events, &at, range, limit, room)
            if full { break }
            // Nothing fits: an event is larger than the room that was asked for.
            room = at == before ? room * 2 : 64 * 1024
        }
        if format == .jsonArray { plain.writeInteger(UInt8(ascii: "]")) }
        return HTTPBodyPart(taken: at - range.lowerBound)
    }

    /// The body as it goes over the wire.
    mutating func wireBytes() -> ByteBuffer {
        guard let compressor else { return plain }
        compressor.compress(plain, into: &packed)
        return packed
    }

    /// Appends events while there is room in the buffer.
    /// - Returns: true when the limit is reached.
    private mutating func append(
        _ events: inout DeliveryEncoder, _ at: inout Int, _ range: Range<Int>, _ limit: Int, _ room: Int
    ) -> Bool {
        let written = plain.readableBytes
        let array = format == .jsonArray
        var full = false
        unsafe plain.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { space in
            var cursor = unsafe ByteCursor(space)
            let start = cursor.room
            while at < range.upperBound, cursor.room > 2 {
                let mark = cursor
                if array, at > range.lowerBound {
                    cursor.put(UInt8(ascii: ","))
                    cursor.put(0x0a)
                }
                // One byte is kept for the line feed or the closing bracket.
                guard events.encode(at, to: &cursor), cursor.room >= 1 else {
                    cursor = mark
                    break
                }
                if !array { cursor.put(0x0a) }
                if at > range.lowerBound, written + start - cursor.room + (array ? 1 : 0) > limit {
                    cursor = mark
                    full = true
                    break
                }
                at += 1
            }
            return start - cursor.room
        }
        return full
    }
}
