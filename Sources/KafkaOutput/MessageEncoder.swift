import ByteTools
import CKafka
import EventModel
import Publishing

/// Makes the messages of one delivery: value, event id, key, topic and what chooses the partition.
struct MessageEncoder {
    private let delivery: Delivery
    private let context: KafkaOutput.Context
    private let producer: KafkaProducer
    private let partitions: PartitionChoice
    private let hasEventID: Bool
    private var encoder: EventEncoder
    private(set) var refusals: [(position: Int, rejection: Reply.Rejection)] = []
    // Of the segment that was entered last.
    private var segmentLines = 0..<0
    private var fileChoice: UInt32 = 0
    private var readAt: Int64 = 0

    init(_ delivery: Delivery, _ context: KafkaOutput.Context, _ producer: KafkaProducer) {
        self.delivery = delivery
        self.context = context
        self.producer = producer
        partitions = context.partitions
        hasEventID = context.headers.hasEventID
        encoder = EventEncoder(delivery.batch, counters: delivery.attempt == 0 ? context.counters : nil)
    }

    /// - Returns: false when the producer was retired meanwhile.
    mutating func encodeAll(into set: MessageSet) -> Bool {
        var topics = TopicRun(producer)
        let constant = unsafe context.router.constantTopic.map { unsafe topics.handle($0) }
        if let constant = unsafe constant, unsafe constant == nil { return false }
        // Looking at the selection itself would count references, event by event.
        let (first, list): (Int, [Int32]?)
        switch delivery.events {
        case .range(let range): (first, list) = (range.lowerBound, nil)
        case .list(let indices): (first, list) = (0, indices)
        }
        for position in 0..<delivery.events.count {
            let index = list.map { Int($0[position]) } ?? (first + position)
            if !segmentLines.contains(index) { enter(delivery.batch.segmentIndex(ofLine: index)) }
            let message = unsafe set.messages + position
            let value = unsafe encode(index, message, set)
            if let constant = unsafe constant {
                unsafe message.pointee.topic = constant
            } else {
                let isRouted = unsafe route(message, value, position, set, &topics)
                guard isRouted else { return false }
            }
        }
        return true
    }

    /// Everything of a message but its topic and key.
    @inline(__always)
    private mutating func encode(
        _ index: Int, _ message: UnsafeMutablePointer<ck_message>, _ set: MessageSet
    ) -> UnsafeBufferPointer<UInt8> {
        let value = unsafe set.write { encoder.encode(index, to: &$0) }
        unsafe message.pointee.value = value.baseAddress
        unsafe message.pointee.value_length = UInt32(value.count)
        unsafe message.pointee.error = 0
        unsafe message.pointee.skipped = false
        unsafe message.pointee.has_key = false
        unsafe message.pointee.key_length = 0
        unsafe message.pointee.timestamp = RecordTime.milliseconds(of: value) ?? readAt
        unsafe message.pointee.choice = partitions.choice(file: fileChoice)
        if hasEventID {
            let id = unsafe set.write { encoder.writeEventID(index, to: &$0) }
            unsafe message.pointee.event_id = id.baseAddress
            unsafe message.pointee.id_length = UInt32(id.count)
        }
        return unsafe value
    }

    private mutating func enter(_ index: Int) {
        let segment = delivery.batch.segments[index]
        segmentLines = segment.lineRange
        fileChoice = PartitionChoice.hash(segment.source.idKey)
        readAt = segment.readAt
    }

    /// Topic and key of an event that they depend on.
    private mutating func route(
        _ message: UnsafeMutablePointer<ck_message>, _ value: UnsafeBufferPointer<UInt8>, _ position: Int,
        _ set: MessageSet, _ topics: inout TopicRun
    ) -> Bool {
        switch unsafe context.router.route(value) {
        case .refused(let rejection):
            refusals.append((position, rejection))
            unsafe message.pointee.skipped = true
        case .record(let topic, let key):
            guard let handle = unsafe topics.handle(topic) else { return false }
            unsafe message.pointee.topic = handle
            guard let key else { break }
            let bytes = unsafe set.write { cursor in
                guard cursor.room >= key.count else { return false }
                cursor.put(key)
                return true
            }
            unsafe message.pointee.has_key = true
            unsafe message.pointee.key = bytes.baseAddress
            unsafe message.pointee.key_length = UInt32(bytes.count)
        }
        return true
    }
}

/// The topic that the last events had, so that nothing is looked up while it stays the same.
@safe
struct TopicRun {
    private let producer: KafkaProducer
    private var name: [UInt8] = []
    private var handle: OpaquePointer?

    init(_ producer: KafkaProducer) { self.producer = producer }

    mutating func handle(_ name: [UInt8]) -> OpaquePointer? {
        if let handle = unsafe handle, name == self.name { return unsafe handle }
        self.name = name
        unsafe handle = producer.topic(name)
        return unsafe handle
    }
}
