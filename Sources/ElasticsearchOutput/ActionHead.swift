import ByteTools
import EventModel
import Glibc
import Publishing

/// The line in front of each event, as far as it is the same for one event after the other.
@safe
struct ActionHead {
    /// Why an event cannot be sent.
    struct Refusal: Error {
        let rejection: Reply.Rejection
    }

    /// What Elasticsearch takes as the id of a document, in bytes.
    static let longestID = 512

    /// Up to the quote in front of the id.
    private(set) var head: [UInt8]
    private let plan: BulkPlan
    /// The second for which `head` was made: the first bytes of `@timestamp`; empty where time does not matter.
    private var second: [UInt8] = []
    private let dependsOnTime: Bool

    init(_ plan: BulkPlan) {
        self.plan = plan
        dependsOnTime = !plan.isConstant && !plan.dependsOnFields
        head = []
        if plan.isConstant, let index = plan.index.constant { head = plan.head(index: Array(index), pipeline: nil) }
    }

    // Every event begins with its time: `{"@timestamp":"2026-11-23T09:00:00.000Z",`.
    private static let timeStart = 15
    private static let secondLength = 19
    private static let timeEnd = timeStart + TimeText.count
    private static let metadata = Array("\",\"@metadata\":{".utf8)

    /// Whether the head does not fit to an event that was written behind it, or the event says of itself where it goes.
    @inline(__always)
    func mustLook(at event: ByteCursor, upTo end: ByteCursor) -> Bool {
        let count = event.room - end.room
        let rest = ActionHead.timeEnd + ActionHead.metadata.count
        guard count > rest else { return dependsOnTime }
        let text = unsafe event.next
        // `@metadata` stands there where the input takes ids from the lines (`document_id`).
        if unsafe text[ActionHead.timeEnd + 3] == 0x40,
            unsafe ActionHead.holds(text + ActionHead.timeEnd, ActionHead.metadata)
        {
            return true
        }
        guard dependsOnTime else { return false }
        return unsafe !ActionHead.holds(text + ActionHead.timeStart, second)
    }

    private static func holds(_ text: UnsafePointer<UInt8>, _ expected: [UInt8]) -> Bool {
        guard !expected.isEmpty else { return false }
        return unsafe expected.withUnsafeBufferPointer { unsafe memcmp(text, $0.baseAddress!, $0.count) == 0 }
    }

    /// The whole line for one event, with its end. `@metadata` is taken out of the event.
    mutating func action(for event: inout [UInt8], id: () -> [UInt8]) throws(Refusal) -> [UInt8] {
        var object: JSONObject?
        var name: [UInt8]?
        let hasMetadata = event.dropFirst(ActionHead.timeEnd).starts(with: ActionHead.metadata)
        if plan.dependsOnFields || hasMetadata { object = JSONTree(event)?.object }
        if hasMetadata, var whole = object {
            name = whole["@metadata"]?.object?["_id"]?.text
            whole["@metadata"] = nil
            event = JSONTree.object(whole).compact
            object = whole
        }
        if let name, name.isEmpty || name.count > ActionHead.longestID {
            let what = name.isEmpty ? "is empty" : "is longer than \(ActionHead.longestID) bytes"
            throw Refusal(rejection: .init(reason: "es_id", answer: "the id of the document \(what)"))
        }
        let line = try head(for: object, event) + JSONEscape.quoted(bytes: name ?? id()).dropFirst()
        return line + Array("}}\n".utf8)
    }

    private mutating func head(for object: JSONObject?, _ event: [UInt8]) throws(Refusal) -> [UInt8] {
        if plan.isConstant { return head }
        do throws(TargetSelector.Problem) {
            if plan.dependsOnFields {
                let object = object ?? JSONObject()
                return plan.head(
                    index: try plan.index.choose(for: object), pipeline: try plan.pipeline.choose(for: object))
            }
            let time = Array(event.dropFirst(ActionHead.timeStart).prefix(TimeText.count))
            head = plan.head(index: try plan.index.choose(time: time), pipeline: try plan.pipeline.choose(time: time))
            second = Array(time.prefix(ActionHead.secondLength))
            return head
        } catch {
            throw Refusal(rejection: .init(reason: "es_index", answer: error.message))
        }
    }
}
