import ByteTools
import EventFields
import HTTPTransport
import NIOCore
import RecordTools

/// Writes the events of a delivery into requests, in memory that is used again.
///
/// Generated code for protobuf would make objects, arrays and Strings of each record. This writes the bytes themselves:
/// a record once when it is read, and once more when the records of one resource are put together.
final class OTLPBody: HTTPBody {
    let settings: OTLPSettings
    let reader = EventReader()
    let groups = RecordGroups()
    let resourceNames: ResourceNames
    private let compressor: GzipCompressor?
    private var plain = ByteBuffer()
    private var packed = ByteBuffer()

    /// Bytes that a group takes in a request besides its resource and records, at most.
    static let groupOverhead = 128

    init(_ settings: OTLPSettings) throws {
        self.settings = settings
        resourceNames = ResourceNames(settings.resourceAttributes)
        let level = settings.client.compressionLevel
        compressor = level > 0 ? try GzipCompressor(level: level) : nil
    }

    var plainBytes: Int { plain.readableBytes }

    func build(_ events: inout DeliveryEncoder, _ range: Range<Int>, limit: Int) -> HTTPBodyPart {
        groups.clear()
        var at = range.lowerBound
        while at < range.upperBound {
            reader.read(&events, at)
            let record = OTLPRecord(reader, resourceNames)
            let (key, start) = (groups.keys.count, groups.records.count)
            switch settings.encoding {
            case .proto:
                putResource(record)
                put(record)
            case .json:
                putJSONResource(record)
                putJSON(record)
            }
            guard groups.take(keyFrom: key, recordFrom: start, limit: limit, overhead: OTLPBody.groupOverhead) else {
                break
            }
            at += 1
        }
        plain.clear()
        switch settings.encoding {
        case .proto: putRequest(to: &plain)
        case .json: putJSONRequest(to: &plain)
        }
        return HTTPBodyPart(taken: at - range.lowerBound)
    }

    func wireBytes() -> ByteBuffer {
        guard let compressor else { return plain }
        compressor.compress(plain, into: &packed)
        return packed
    }

    /// Calls `body` with the first leaf of each attribute of the record, and how many values it has.
    ///
    /// An attribute is what is neither a field of the record nor of the resource; values with one path are one list.
    /// - Returns: how many there are beyond the most that a record has.
    func forEachAttribute(_ record: OTLPRecord, _ body: (Int, _ values: Int) -> Void) -> Int {
        var count = record.ownAttributes
        var dropped = 0
        for number in reader.leaves.indices where reader.leaves[number].isFirst {
            var values = 0
            var first = -1
            var at = number
            while at >= 0 {
                if !record.isElsewhere(at, reader, resourceNames) {
                    if first < 0 { first = at }
                    values += 1
                }
                at = Int(reader.leaves[at].next)
            }
            guard values > 0 else { continue }
            if count < settings.maxAttributes {
                count += 1
                body(first, values)
            } else {
                dropped += 1
            }
        }
        return dropped
    }
}
