/// The numbered ids of a block that is being built: which stream each event is of, and its number there.
///
/// - Shape: streams in the order of their first event; index 0 stands for an event without such an id.
struct NumberColumn {
    struct Stream {
        let key: StreamKey
        var first: Int64
        var last: Int64
    }

    private(set) var streams: [Stream] = []
    private(set) var indexes: [UInt16] = []
    private(set) var numbers: [Int64] = []

    mutating func removeAll() {
        streams.removeAll(keepingCapacity: true)
        indexes.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }

    mutating func append(_ identity: EventIdentity) {
        guard case .number(let key, let number) = identity else {
            indexes.append(0)
            numbers.append(0)
            return
        }
        let index = find(key) ?? add(key, number)
        streams[index].first = min(streams[index].first, number)
        streams[index].last = max(streams[index].last, number)
        indexes.append(UInt16(index + 1))
        numbers.append(number)
    }

    func contains(_ key: StreamKey, _ number: Int64) -> Bool {
        guard let index = find(key), streams[index].first <= number, number <= streams[index].last else { return false }
        let wanted = UInt16(index + 1)
        return numbers.indices.contains { numbers[$0] == number && indexes[$0] == wanted }
    }

    private func find(_ key: StreamKey) -> Int? {
        if let last = indexes.last, last > 0, streams[Int(last) - 1].key == key { return Int(last) - 1 }
        return streams.firstIndex { $0.key == key }
    }

    private mutating func add(_ key: StreamKey, _ number: Int64) -> Int {
        streams.append(Stream(key: key, first: number, last: number))
        return streams.count - 1
    }
}
