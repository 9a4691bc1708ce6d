import CKafka
import EventModel

/// The headers of all records, as C reads them.
///
/// - Shape: made once per output.
@safe
final class RecordHeaders: @unchecked Sendable {
    // Safety: never changes once it is made.
    private let fixed: UnsafeMutableBufferPointer<ck_header>
    let hasEventID: Bool

    /// - Parameter host: nil leaves the header out.
    init(_ settings: KafkaSettings, host: String?) {
        var headers = settings.headers.map { ($0.name, $0.value.exposed) }
        if settings.identityHeaders, let host { headers.append(("host", host)) }
        hasEventID = settings.identityHeaders
        unsafe fixed = .allocate(capacity: headers.count)
        for (index, header) in headers.enumerated() {
            let name: UnsafePointer<CChar> = unsafe RecordHeaders.copy(header.0)
            let value: UnsafePointer<UInt8> = unsafe RecordHeaders.copy(header.1)
            unsafe (fixed.baseAddress! + index).initialize(
                to: ck_header(name: name, value: value, length: header.1.utf8.count))
        }
    }

    deinit {
        for index in unsafe 0..<fixed.count {
            unsafe fixed[index].name.deallocate()
            unsafe fixed[index].value.deallocate()
        }
        unsafe fixed.deallocate()
    }

    private static func copy<Byte>(_ text: String) -> UnsafePointer<Byte> {
        let bytes = Array(text.utf8) + [0]
        let copy = UnsafeMutableRawPointer.allocate(byteCount: bytes.count, alignment: 1)
        unsafe copy.copyMemory(from: bytes, byteCount: bytes.count)
        return unsafe UnsafePointer(copy.bindMemory(to: Byte.self, capacity: bytes.count))
    }

    /// `ck_send` with these headers.
    func send(
        _ producer: OpaquePointer, _ delivery: OpaquePointer, _ start: UInt32, _ end: UInt32, error: inout Int32
    ) -> UInt32 {
        var headers = unsafe ck_headers(
            event_id: hasEventID, fixed: UnsafePointer(fixed.baseAddress), count: fixed.count)
        return unsafe ck_send(producer, delivery, start, end, &headers, &error)
    }
}
