/// One partition of the broker: its records, and the last batches of each producer, by which repetitions are known.
///
/// - Source: Kafka's ProducerStateManager and ProducerAppendInfo
struct KafkaPartition {
    private(set) var records: [KafkaRecord] = []
    private(set) var repetitions = 0
    private var producers: [Int64: [Numbers]] = [:]

    private struct Numbers {
        var epoch: Int16
        var sequences: ClosedRange<Int32>
        var offset: Int
    }

    enum Verdict: Equatable {
        case taken(offset: Int)
        case refused(Int)
    }

    /// Batches of a producer that are remembered.
    private static let remembered = 5
    static let outOfOrder = 45
    static let staleEpoch = 47

    mutating func append(_ batch: KafkaRecordBatch, partition: Int) -> Verdict {
        let offset = records.count
        if batch.firstSequence >= 0 {
            let numbers = Numbers(
                epoch: batch.epoch,
                sequences: batch.firstSequence...(batch.firstSequence + Int32(max(1, batch.records.count)) - 1),
                offset: offset)
            if let verdict = judge(numbers, of: batch.producer) { return verdict }
            producers[batch.producer, default: []].append(numbers)
            if producers[batch.producer, default: []].count > KafkaPartition.remembered {
                producers[batch.producer]?.removeFirst()
            }
        }
        for record in batch.records {
            records.append(
                KafkaRecord(
                    partition: partition, offset: records.count, timestamp: record.timestamp, key: record.key,
                    value: record.value, headers: record.headers))
        }
        return .taken(offset: offset)
    }

    /// nil: it is the next one.
    private mutating func judge(_ numbers: Numbers, of producer: Int64) -> Verdict? {
        guard let known = producers[producer], let last = known.last, last.epoch <= numbers.epoch else {
            let isStale = producers[producer] != nil
            if isStale { return .refused(KafkaPartition.staleEpoch) }
            return numbers.sequences.lowerBound == 0 ? nil : .refused(KafkaPartition.outOfOrder)
        }
        if let same = known.first(where: { $0.epoch == numbers.epoch && $0.sequences == numbers.sequences }) {
            repetitions += 1
            return .taken(offset: same.offset)
        }
        let next = last.epoch == numbers.epoch ? last.sequences.upperBound + 1 : 0
        return numbers.sequences.lowerBound == next ? nil : .refused(KafkaPartition.outOfOrder)
    }
}
