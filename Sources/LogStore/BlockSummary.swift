import EventFields

/// What the head of a block says of its events, so that counting them needs no more than the head.
///
/// - Shape: events of each severity; of services, hosts and files each text with its number of events, or nothing when
///   the texts are too many for a head.
///
/// As bytes: seven varints, one for each severity; then of each kind a varint: 0 when there is nothing, else one more
/// than the number of texts, and of each text its length, its bytes and its count.
package struct BlockSummary: Sendable {
    /// By the severity's raw value.
    package private(set) var severities: [Int] = []
    private var names: [[(name: [UInt8], count: Int)]?] = []

    /// All names of a kind with the number of their events (the empty name: those that do not say); nil when the block
    /// has to be read for them.
    package func names(_ kind: NameKind) -> [(name: [UInt8], count: Int)]? { names[Int(kind.rawValue)] }

    static func encode(_ columns: BlockColumns, to bytes: inout [UInt8]) {
        var counts = [Int](repeating: 0, count: Severity.allCases.count)
        for severity in columns.severities { counts[Int(severity)] += 1 }
        for count in counts { bytes.putVarint(count) }
        for column in columns.names {
            guard column.count <= BlockLimits.summaryNames, column.texts.count <= BlockLimits.summaryBytes else {
                bytes.putVarint(0)
                continue
            }
            bytes.putVarint(column.count + 1)
            for index in 0..<column.count {
                bytes.putVarint(column.range(index).count)
                bytes.append(contentsOf: column.texts[column.range(index)])
                bytes.putVarint(column.counts[index])
            }
        }
    }

    init(_ bytes: [UInt8], events: Int) throws(ByteReader.Malformed) {
        var reader = ByteReader(bytes.span)
        for _ in Severity.allCases { severities.append(try reader.count(most: events)) }
        for _ in NameKind.allCases {
            let count = try reader.count(most: BlockLimits.summaryNames + 1)
            guard count > 0 else {
                names.append(nil)
                continue
            }
            var texts: [(name: [UInt8], count: Int)] = []
            for _ in 0..<(count - 1) { texts.append((try reader.text(), try reader.count(most: events))) }
            names.append(texts)
        }
        guard reader.isAtEnd else { throw ByteReader.Malformed() }
    }
}
