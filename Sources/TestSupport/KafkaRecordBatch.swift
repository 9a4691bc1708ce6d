/// The records of one partition in a request to produce: a batch of the format v2, not compressed.
///
/// - Source: https://kafka.apache.org/documentation/#recordbatch
struct KafkaRecordBatch {
    let bytes: Int
    let producer: Int64
    let epoch: Int16
    /// -1: not numbered.
    let firstSequence: Int32
    let isCompressed: Bool
    private(set) var records: [Record] = []

    struct Record {
        var timestamp: Int64
        var key: String?
        var value: String
        var headers: [String: String] = [:]
    }

    init(_ batch: [UInt8]) throws {
        bytes = batch.count
        var reader = KafkaWireReader(batch)
        _ = try (reader.int64(), reader.int32(), reader.int32())
        guard try reader.int8() == 2 else { throw KafkaWireError() }
        _ = try reader.int32()
        isCompressed = try reader.int16() & 7 != 0
        _ = try reader.int32()
        let start = try reader.int64()
        _ = try reader.int64()
        (producer, epoch, firstSequence) = try (reader.int64(), reader.int16(), reader.int32())
        let count = try reader.int32()
        guard !isCompressed else { return }
        records = try (0..<count).map { _ in try KafkaRecordBatch.record(&reader, start: start) }
        guard reader.isAtEnd else { throw KafkaWireError() }
    }

    private static func record(_ reader: inout KafkaWireReader, start: Int64) throws -> Record {
        _ = try (reader.varint(), reader.int8())
        let delta = try reader.varint()
        _ = try reader.varint()
        let key = try reader.smallBlock().map { String(decoding: $0, as: UTF8.self) }
        var record = Record(
            timestamp: start + delta, key: key, value: String(decoding: try reader.smallBlock() ?? [], as: UTF8.self))
        for _ in 0..<(try reader.varint()) {
            let name = String(decoding: try reader.smallBlock() ?? [], as: UTF8.self)
            record.headers[name] = String(decoding: try reader.smallBlock() ?? [], as: UTF8.self)
        }
        return record
    }
}
