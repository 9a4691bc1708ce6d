import EventModel
import Publishing
import Testing

/// What must be true of a pipeline, kept beside it and compared after every step.
struct PipelineModel {
    enum Fate { case pending, inFlight, delivered, rejected }

    struct Event {
        let file: Int64
        /// Where it begins in its file, and where the next one may begin.
        let offset: UInt64
        let end: UInt64
        var fate = Fate.pending
    }

    /// Events of each lane in the order in which they were read; numbered by their text.
    var events: [[Event]]
    private var numbers: [String: (lane: Int, index: Int)] = [:]
    private var positions: [Int64: UInt64] = [:]

    init(lanes: Int) { events = Array(repeating: [], count: lanes) }

    mutating func read(_ text: String, file: Int64, lane: Int, offset: UInt64, end: UInt64) {
        numbers[text] = (lane, events[lane].count)
        events[lane].append(Event(file: file, offset: offset, end: end))
    }

    /// Sent: everything of the lane in front of it is settled, or is in flight already.
    mutating func sent(_ flight: Rig.Sent) {
        for line in flight.lines {
            guard let (lane, index) = numbers[line] else {
                Issue.record("a line that was never read: \(line)")
                continue
            }
            #expect(lane == flight.lane)
            #expect(events[lane][index].fate == .pending, "sent though it is settled or in flight: \(line)")
            #expect(!events[lane][..<index].contains { $0.fate == .pending }, "sent before an earlier event: \(line)")
            events[lane][index].fate = .inFlight
        }
    }

    mutating func decide(_ line: String, _ fate: Fate) {
        guard let (lane, index) = numbers[line] else { return }
        #expect(events[lane][index].fate == .inFlight)
        events[lane][index].fate = fate
    }

    /// Positions move forward only, and never over an event that is not settled.
    mutating func settled(_ settlement: Settlement) {
        let file = settlement.fileID
        #expect(settlement.offset >= positions[file] ?? 0, "a position moved backwards")
        positions[file] = settlement.offset
        let open = events.joined().first { $0.file == file && ($0.fate == .pending || $0.fate == .inFlight) }
        if let open { #expect(settlement.offset <= open.offset, "a position ran ahead of an event") }
    }

    /// After everything was answered: no event is left, and every position stands at its file's end.
    func finish(ends: [GenerationKey: UInt64]) {
        #expect(events.joined().allSatisfy { $0.fate == .delivered || $0.fate == .rejected })
        for (key, end) in ends { #expect(positions[key.fileID] == end) }
    }

    func count(_ fate: Fate) -> Int { events.joined().count { $0.fate == fate } }
    func bytes(_ fate: Fate) -> UInt64 { events.joined().reduce(0) { $0 + ($1.fate == fate ? $1.end - $1.offset : 0) } }
}
