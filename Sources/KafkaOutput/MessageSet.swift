import ByteTools
import CKafka

/// The messages of one delivery, with the memory that their bytes lie in until they were reported.
///
/// - Shape: 80 bytes per message and chunks of 256 KiB, used again by the next delivery.
/// - Ownership: the lane's thread fills it; then librdkafka reads it until the last report.
@safe
final class MessageSet {
    static let chunkBytes = 256 * 1024
    /// Chunks that are kept for the next delivery.
    static let keptChunks = 8

    let handle: OpaquePointer
    let capacity: Int
    let messages: UnsafeMutablePointer<ck_message>
    private var chunks: [UnsafeMutableRawBufferPointer] = unsafe []
    private var used = 0
    private var cursor: ByteCursor?

    init(capacity: Int) {
        self.capacity = capacity
        unsafe handle = ck_delivery_new(UInt32(capacity))
        unsafe messages = ck_delivery_messages(handle)
    }

    deinit {
        unsafe ck_delivery_free(handle)
        while let chunk = unsafe chunks.popLast() { unsafe chunk.deallocate() }
    }

    /// Forgets the bytes of the last delivery.
    func clear() {
        used = 0
        cursor = nil
        unsafe chunks.removeAll { chunk in
            guard chunk.count > MessageSet.chunkBytes else { return false }
            unsafe chunk.deallocate()
            return true
        }
        while unsafe chunks.count > MessageSet.keptChunks { unsafe chunks.removeLast().deallocate() }
    }

    /// Writes what `body` writes in one piece, in a larger chunk as long as it has not the room.
    /// - Returns: where it begins, and how long it is.
    func write(_ body: (inout ByteCursor) -> Bool) -> UnsafeBufferPointer<UInt8> {
        var wanted = MessageSet.chunkBytes
        while true {
            if var cursor {
                let start = unsafe cursor.next
                if body(&cursor) {
                    let count = unsafe cursor.next - start
                    self.cursor = cursor
                    return unsafe UnsafeBufferPointer(start: start, count: count)
                }
                if unsafe start == chunks[used - 1].assumingMemoryBound(to: UInt8.self).baseAddress { wanted *= 2 }
            }
            nextChunk(wanted)
        }
    }

    private func nextChunk(_ bytes: Int) {
        if unsafe bytes == MessageSet.chunkBytes && used < chunks.count {
            used += 1
        } else {
            unsafe chunks.insert(.allocate(byteCount: bytes, alignment: 16), at: used)
            used += 1
        }
        unsafe cursor = ByteCursor(chunks[used - 1])
    }
}
