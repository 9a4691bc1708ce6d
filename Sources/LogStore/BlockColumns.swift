/// What a block keeps of its events beside their bytes, as one run of bytes (which is then compressed).
///
/// | part      | form                                                                                               |
/// |-----------|----------------------------------------------------------------------------------------------------|
/// | version   | one byte, 1                                                                                        |
/// | count     | varint: events in the block                                                                        |
/// | times     | varint unit (ns: 1, 1000, a million or a billion); of each event the distance to the one before, in units, signed |
/// | severity  | a byte each                                                                                        |
/// | lengths   | varints: bytes of each event                                                                       |
/// | received  | varint runs; of each the distance to the one before in ns, signed, and how many events, varints    |
/// | names ×3  | services, hosts, files: varint texts, of each its length and bytes; with two or more texts an index for each event, one byte (two, low first, beyond 256 texts) |
/// | streams   | varint streams, of each 10 bytes; with any, an index for each event, two bytes, 0 for none; of each event with a stream its number's distance to the one before in that stream, signed |
///
/// Varints are `Varint.swift`'s. The empty text stands for events that do not say.
struct BlockColumns {
    static let version: UInt8 = 1

    var times: [Int64] = []
    var severities: [UInt8] = []
    /// Ends of the events in the originals.
    var ends: [Int] = []
    var received: [(time: Int64, count: Int)] = []
    var names = [NameColumn](repeating: NameColumn(), count: NameKind.allCases.count)
    var numbers = NumberColumn()

    var count: Int { times.count }

    mutating func removeAll() {
        times.removeAll(keepingCapacity: true)
        severities.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        received.removeAll(keepingCapacity: true)
        for index in names.indices { names[index].removeAll() }
        numbers.removeAll()
    }

    mutating func addReceived(_ time: Int64) {
        if let last = received.indices.last, received[last].time == time {
            received[last].count += 1
        } else {
            received.append((time, 1))
        }
    }

    /// Writes them all to the end of `bytes`.
    func encode(to bytes: inout [UInt8]) {
        bytes.append(BlockColumns.version)
        bytes.putVarint(count)
        encodeTimes(&bytes)
        bytes.append(contentsOf: severities)
        var start = 0
        for end in ends {
            bytes.putVarint(end - start)
            start = end
        }
        encodeReceived(&bytes)
        for column in names { encode(column, &bytes) }
        encodeNumbers(&bytes)
    }

    private func encodeTimes(_ bytes: inout [UInt8]) {
        let unit = BlockColumns.unit(times)
        bytes.putVarint(Int(unit))
        var last: Int64 = 0
        for time in times {
            let units = time / unit
            bytes.putSigned(units &- last)
            last = units
        }
    }

    /// The largest unit that all times are whole numbers of.
    private static func unit(_ times: [Int64]) -> Int64 {
        var unit: Int64 = 1_000_000_000
        for time in times {
            while time % unit != 0 { unit /= 1000 }
            if unit == 1 { break }
        }
        return unit
    }

    private func encodeReceived(_ bytes: inout [UInt8]) {
        bytes.putVarint(received.count)
        var last: Int64 = 0
        for run in received {
            bytes.putSigned(run.time &- last)
            bytes.putVarint(run.count)
            last = run.time
        }
    }

    private func encode(_ column: NameColumn, _ bytes: inout [UInt8]) {
        bytes.putVarint(column.count)
        for index in 0..<column.count {
            let range = column.range(index)
            bytes.putVarint(range.count)
            bytes.append(contentsOf: column.texts[range])
        }
        guard column.count > 1 else { return }
        for index in column.indexes {
            bytes.append(UInt8(truncatingIfNeeded: index))
            if column.count > 256 { bytes.append(UInt8(truncatingIfNeeded: index >> 8)) }
        }
    }

    private func encodeNumbers(_ bytes: inout [UInt8]) {
        bytes.putVarint(numbers.streams.count)
        guard !numbers.streams.isEmpty else { return }
        for stream in numbers.streams { bytes.append(contentsOf: stream.key.bytes) }
        for index in numbers.indexes {
            bytes.append(UInt8(truncatingIfNeeded: index))
            bytes.append(UInt8(truncatingIfNeeded: index >> 8))
        }
        var last = [Int64](repeating: 0, count: numbers.streams.count)
        for (event, index) in numbers.indexes.enumerated() where index > 0 {
            bytes.putSigned(numbers.numbers[event] &- last[Int(index) - 1])
            last[Int(index) - 1] = numbers.numbers[event]
        }
    }
}

extension BlockColumns {
    /// The same for the events from there on alone.
    /// - Parameter into: is emptied, and reused.
    func copy(from first: Int, into other: inout BlockColumns) {
        other.removeAll()
        other.times.append(contentsOf: times[first...])
        other.severities.append(contentsOf: severities[first...])
        let start = first == 0 ? 0 : ends[first - 1]
        for end in ends[first...] { other.ends.append(end - start) }
        copyReceived(from: first, into: &other)
        for (kind, column) in names.enumerated() {
            unsafe column.texts.withUnsafeBufferPointer { texts in
                for index in column.indexes[first...] {
                    unsafe other.names[kind].append(UnsafeBufferPointer(rebasing: texts[column.range(Int(index))]))
                }
            }
        }
        for event in first..<count {
            let stream = Int(numbers.indexes[event])
            let identity: EventIdentity =
                stream == 0 ? .none : .number(numbers.streams[stream - 1].key, numbers.numbers[event])
            other.numbers.append(identity)
        }
    }

    private func copyReceived(from first: Int, into other: inout BlockColumns) {
        var start = 0
        for run in received {
            let end = start + run.count
            if end > first { other.received.append((run.time, end - max(start, first))) }
            start = end
        }
    }
}
