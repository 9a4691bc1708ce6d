import LumberjackCodec
import Testing

struct WindowTrackerTests {
    @Test func `windows are acknowledged in order, in part and whole, and 0 is a keep-alive`() throws {
        var tracker = WindowTracker()
        tracker.sent(window: 10)
        tracker.sent(window: 5)
        let news = try [0, 4, 0, 4, 10, 0, 5, 0].map { try tracker.acknowledge($0) }
        #expect(news == [0, 4, 0, 0, 6, 0, 5, 0])
    }

    @Test(arguments: [11, UInt32.max]) func `more than was sent is an error`(sequence: UInt32) {
        var tracker = WindowTracker()
        tracker.sent(window: 10)
        #expect(throws: LumberjackError.self) { try tracker.acknowledge(sequence) }
    }

    @Test func `an acknowledgement when nothing is out is an error`() {
        var tracker = WindowTracker()
        #expect(throws: LumberjackError.self) { try tracker.acknowledge(1) }
    }
}
