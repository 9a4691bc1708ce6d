import CKafka
import Synchronization

/// The topics that a producer has sent to: librdkafka's handles, by name.
///
/// - Shape: a dictionary, looked at once per delivery and topic.
@safe
final class TopicHandles: Sendable {
    /// Most handles at a time.
    static let most = 4096

    @safe
    private struct Handle: @unchecked Sendable {
        // Safety: librdkafka's topics may be used from any thread.
        let pointer: OpaquePointer
    }
    private let producer: Handle
    private let handles = Mutex<[[UInt8]: Handle]>([:])

    init(_ producer: OpaquePointer) { unsafe self.producer = Handle(pointer: producer) }

    /// nil when there are too many.
    func handle(_ name: [UInt8]) -> OpaquePointer? {
        let handle = handles.withLock { handles -> Handle? in
            if let handle = handles[name] { return handle }
            guard handles.count < TopicHandles.most else { return nil }
            let text = String(decoding: name, as: UTF8.self)
            guard let made = unsafe ck_topic_new(producer.pointer, text) else { return nil }
            let handle = unsafe Handle(pointer: made)
            handles[name] = handle
            return handle
        }
        return unsafe handle?.pointer
    }

    /// Before the producer is destroyed.
    func giveBack() {
        handles.withLock { handles in
            for handle in handles.values { unsafe ck_topic_destroy(producer.pointer, handle.pointer) }
            handles = [:]
        }
    }
}
