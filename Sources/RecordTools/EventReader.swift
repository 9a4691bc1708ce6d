import ByteTools
package import EventFields
import EventModel
import Glibc
package import HTTPTransport

/// Takes the events of a delivery apart, one after the other: facts and values, in memory that is used again.
///
/// An event is encoded as JSON, as every output has it, and looked through once by the collector's table of names. All
/// that is found points into the reader until it reads the next event. No allocation, once its memory has grown to the
/// size of the events.
/// - Ownership: one thread at a time.
@safe
package final class EventReader {
    /// One value of the event.
    @safe
    package struct Leaf {
        /// In `paths`.
        package let path: Range<Int>
        package let hash: UInt64
        /// A string without its escapes, anything else as it stands; valid until the next event is read.
        package let text: UnsafeBufferPointer<UInt8>
        package let kind: EventValue.Kind
        package let role: EventRole?
        package let isInLine: Bool
        /// The next value with the same path: of an array, or of a member that is there twice.
        package fileprivate(set) var next: Int32 = -1
        /// Whether this is the first value with its path.
        package fileprivate(set) var isFirst = true
        fileprivate var last: Int32

        fileprivate init(_ value: borrowing EventValue, path: Range<Int>, index: Int32) {
            self.path = path
            hash = value.pathHash
            unsafe text = value.text.withUnsafeBufferPointer { unsafe $0 }
            kind = value.kind
            role = value.role
            isInLine = value.isInLine
            last = index
        }
    }

    package private(set) var facts = EventFacts()
    package private(set) var leaves: [Leaf] = []
    /// The paths of the values, one behind the other.
    package let paths = ByteArena()
    /// The leaf that a fact of a role came from; -1: none.
    package private(set) var origins = InlineArray<11, Int32>(repeating: -1)
    /// When the line was read, in ms since 1970.
    package private(set) var readAt: Int64 = 0
    /// Which line of its file and read it is.
    package private(set) var numberInSegment = 0
    /// What the file holds, as the batch has it.
    package private(set) var line = unsafe UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    /// The event as JSON.
    package let json = ByteArena(capacity: 64 * 1024)

    private var scanner = EventScanner()
    private var index = PathIndex()
    private var segmentLines = 0..<0
    private var segmentBatch: ObjectIdentifier?

    package init() {}

    /// Reads the event at this position of the delivery.
    package func read(_ events: inout DeliveryEncoder, _ position: Int) {
        json.clear()
        var room = max(json.capacity, 4096)
        while !json.write(room: room, { events.encode(position, to: &$0) }) { room *= 2 }
        place(events.batch, events.events[position])
        leaves.removeAll(keepingCapacity: true)
        paths.clear()
        index.clear()
        let event = unsafe Span(_unsafeElements: json.bytes(0..<json.count))
        facts = scanner.scan(event) { value in
            // What shippers add of themselves stays here, but for where the line stands.
            if value.isNoise, value.role != .time, !EventReader.isOffset(value.path) { return }
            let start = paths.count
            unsafe value.path.withUnsafeBufferPointer { unsafe paths.put($0) }
            leaves.append(Leaf(value, path: start..<paths.count, index: Int32(leaves.count)))
            link(leaves.count - 1)
        }
        findOrigins()
    }

    /// The text of a fact, until the next event is read; empty when the event does not say.
    package func text(_ role: EventRole) -> UnsafeBufferPointer<UInt8> { unsafe text(facts[role]) }

    /// The text of a place of the facts.
    package func text(_ place: Range<Int>) -> UnsafeBufferPointer<UInt8> { unsafe scanner.bytes(place) }

    package func path(_ leaf: Leaf) -> UnsafeBufferPointer<UInt8> { unsafe paths.bytes(leaf.path) }

    /// When the event happened, in ns since 1970; nil when only the time of reading is known.
    package private(set) var ownTime: Int64?

    /// Whether the fact of the role came from this leaf.
    package func isOrigin(_ number: Int) -> Bool {
        guard let role = leaves[number].role else { return false }
        return origins[Int(role.rawValue)] == Int32(number)
    }

    // MARK: Parts

    private func place(_ batch: Batch, _ number: Int) {
        let ref = batch.lines[number]
        unsafe line = UnsafeBufferPointer(start: batch.slab.base + Int(ref.start), count: ref.length)
        if segmentBatch != ObjectIdentifier(batch) || !segmentLines.contains(number) {
            let segment = batch.segments[batch.segmentIndex(ofLine: number)]
            segmentBatch = ObjectIdentifier(batch)
            segmentLines = segment.lineRange
            readAt = segment.readAt
        }
        numberInSegment = number - segmentLines.lowerBound
    }

    /// Puts a leaf behind those with the same path.
    private func link(_ number: Int) {
        let leaf = leaves[number]
        let head = index.insert(leaf.hash, Int32(number)) { other in
            unsafe EventReader.isSame(path(leaves[Int(other)]), path(leaf))
        }
        guard head >= 0 else { return }
        leaves[number].isFirst = false
        leaves[Int(leaves[Int(head)].last)].next = Int32(number)
        leaves[Int(head)].last = Int32(number)
    }

    /// Finds the values that the facts came from: in the service's own line first, but for what the shipper knows better.
    private func findOrigins() {
        origins = InlineArray(repeating: -1)
        for number in leaves.indices {
            guard let role = leaves[number].role, isCandidate(leaves[number], role) else { continue }
            let known = origins[Int(role.rawValue)]
            let shipperKnows = role == .host || role == .file || role == .eventID
            if known < 0 || (leaves[Int(known)].isInLine == shipperKnows && leaves[number].isInLine != shipperKnows) {
                origins[Int(role.rawValue)] = Int32(number)
            }
        }
        findOwnTime()
    }

    /// The time of the facts, unless that is when the line was read: `@timestamp` stands in front of the names that a
    /// parsed line has for it.
    private func findOwnTime() {
        ownTime = facts.time
        guard facts.time == readAt &* 1_000_000 else { return }
        ownTime = nil
        for number in leaves.indices where leaves[number].role == .time {
            let time = unsafe EventTime.nanoseconds(of: Span(_unsafeElements: leaves[number].text))
            guard let time, time != facts.time else { continue }
            ownTime = time
            origins[Int(EventRole.time.rawValue)] = Int32(number)
            return
        }
    }

    private func isCandidate(_ leaf: Leaf, _ role: EventRole) -> Bool {
        switch role {
        case .time:
            guard let time = facts.time else { return false }
            return unsafe EventTime.nanoseconds(of: Span(_unsafeElements: leaf.text)) == time
        case .level:
            return unsafe facts.severity != .unknown
                && Severity(name: Span(_unsafeElements: leaf.text)) == facts.severity
        default: return unsafe leaf.text.count > 0 && EventReader.isSame(text(role), leaf.text)
        }
    }

    package static func isSame(_ one: UnsafeBufferPointer<UInt8>, _ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        guard let first = one.baseAddress, let second = other.baseAddress else { return true }
        return unsafe memcmp(first, second, one.count) == 0
    }

    private static func isOffset(_ path: Span<UInt8>) -> Bool {
        unsafe path.withUnsafeBufferPointer { path in
            unsafe ("log.offset" as StaticString).withOwnUTF8 { name in unsafe isSame(path, name) }
        }
    }
}

extension StaticString {
    /// The bytes of the text.
    @inline(__always)
    package func withOwnUTF8<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        unsafe body(UnsafeBufferPointer(start: utf8Start, count: utf8CodeUnitCount))
    }
}
