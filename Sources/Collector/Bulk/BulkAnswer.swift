import ByteTools
import LogStore

/// What a bulk request is answered with: an item for each action, in order.
struct BulkAnswer {
    /// The client asked for a part of the answer only (`filter_path`): status and error are always in it.
    var isShort = false

    func render(_ request: BulkRequest, _ stored: [StoredAs], milliseconds: Int) -> [UInt8] {
        let names = request.indices.map { JSONEscape.quoted($0) }
        var hasErrors = false
        var items: [UInt8] = []
        items.reserveCapacity(request.items.count * (isShort ? 28 : 80))
        for (number, item) in request.items.enumerated() {
            if number > 0 { items.append(UInt8(ascii: ",")) }
            let result = outcome(item, stored)
            if result.failure != nil { hasErrors = true }
            write(item, result, names, to: &items)
        }
        var out = Array(#"{"took":\#(milliseconds),"errors":\#(hasErrors),"items":["#.utf8)
        out += items
        out += Array("]}".utf8)
        return out
    }

    private func outcome(
        _ item: BulkRequest.Item, _ stored: [StoredAs]
    ) -> (status: Int, result: String, failure: RequestFailure?) {
        switch item.outcome {
        case .refused(let failure): return (failure.status, "", failure)
        case .event(let number):
            switch stored[number] {
            case .stored: return (201, "created", nil)
            case .duplicate where item.operation == .index: return (200, "noop", nil)
            case .duplicate:
                let reason = "document already exists"
                return (409, "", RequestFailure(409, "version_conflict_engine_exception", reason))
            case .tooLarge: return (400, "", .badRequest("the event is too large (collector.limits.event)"))
            case .invalid: return (400, "", RequestFailure(400, "document_parsing_exception", "no JSON object"))
            }
        }
    }

    private func write(
        _ item: BulkRequest.Item, _ result: (status: Int, result: String, failure: RequestFailure?),
        _ names: [[UInt8]], to out: inout [UInt8]
    ) {
        out += Array(#"{"\#(item.operation.rawValue)":{"#.utf8)
        if !isShort || result.failure != nil {
            out += Array(#""_index":"#.utf8)
            out += names[item.index]
            if let id = item.id { out += Array(#","_id":"#.utf8) + JSONEscape.quoted(id) }
            out.append(UInt8(ascii: ","))
        }
        if !isShort, result.failure == nil { out += Array(#""result":"\#(result.result)","#.utf8) }
        out += Array(#""status":\#(result.status)"#.utf8)
        if let failure = result.failure {
            out += Array(#","error":{"type":"\#(failure.type)","reason":"#.utf8)
            out += JSONEscape.quoted(failure.reason) + [UInt8(ascii: "}")]
        }
        out += [UInt8(ascii: "}"), UInt8(ascii: "}")]
    }
}
