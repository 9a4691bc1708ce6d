import ByteTools
import NIOCore
import Transport

/// One event a line, arrived once the peer's kernel has acknowledged its bytes.
struct TCPWire: StreamWire {
    private let delimiter: [UInt8]
    /// For each chunk that the kernel has taken: bytes sent by then, and events in it. Oldest first.
    private var marks: [Mark] = []
    private var lastAcknowledged = 0

    private struct Mark {
        let sent: Int
        let events: Int
    }

    init(delimiter: String) {
        self.delimiter = Array(delimiter.utf8)
    }

    /// Fits into the second-level cache twice.
    var chunkBytes: Int { 128 * 1024 }
    var isPolled: Bool { true }

    mutating func opened() {
        marks.removeAll()
        lastAcknowledged = 0
    }

    func encode(_ feed: EventFeed, into chunk: inout ByteBuffer) -> Int {
        var events = 0
        unsafe chunk.writeWithUnsafeMutableBytes(minimumWritableBytes: 0) { buffer in
            var cursor = unsafe ByteCursor(buffer)
            while !feed.isAtEnd {
                let mark = cursor
                guard feed.encode(to: &cursor), cursor.room >= delimiter.count else {
                    cursor = mark
                    break
                }
                cursor.put(delimiter)
                feed.advance()
                events += 1
            }
            return buffer.count - cursor.room
        }
        return events
    }

    mutating func taken(events: Int, sent: Int) {
        marks.append(Mark(sent: sent, events: events))
    }

    /// A collector has nothing to say; it is read so that its end is seen.
    func received(_ bytes: inout ByteBuffer) throws(TransportError) -> Arrival {
        bytes.clear()
        return Arrival(events: 0, isProgress: false)
    }

    mutating func polled(acknowledged: Int) -> Arrival {
        var events = 0
        let arrived = marks.prefix { $0.sent <= acknowledged }
        for mark in arrived { events += mark.events }
        marks.removeFirst(arrived.count)
        let isProgress = acknowledged > lastAcknowledged
        lastAcknowledged = max(lastAcknowledged, acknowledged)
        return Arrival(events: events, isProgress: isProgress)
    }
}
