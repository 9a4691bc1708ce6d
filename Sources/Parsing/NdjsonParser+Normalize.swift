package import ByteTools
import CShim
package import EventModel

/// `normalize: ecs`: the line is looked at once, and written under other names without being taken apart.
extension NdjsonParser {
    func examine(_ line: UnsafeBufferPointer<UInt8>, with rewriter: ECSRewriter) -> ParsedLine {
        guard let base = line.baseAddress else { return settings.acceptsText ? .text : .failed(error: "") }
        return unsafe withUnsafeTemporaryAllocation(of: nt_json_member.self, capacity: Int(NT_JSON_MARKED)) { list in
            var members = unsafe nt_json_members(list: list.baseAddress, count: 0)
            var result = nt_json_result()
            unsafe nt_json_examine_members(base, line.count, table, &result, &members)
            if result.status == NT_JSON_PLAIN.rawValue {
                let found = unsafe UnsafeBufferPointer(rebasing: list[..<Int(members.count)])
                guard unsafe hasMessage(found, line), let rewrite = unsafe rewriter.rewrite(line, result, found)
                else { return .merge }
                return .rewrite(rewrite)
            }
            if result.status == NT_JSON_MERGE.rawValue { return .merge }
            if settings.acceptsText { return .text }
            return .failed(error: settings.addErrorKey ? NdjsonParser.explain(result) : "")
        }
    }

    /// `message_key` is there and a text, or nobody asks to be told that it is not.
    private func hasMessage(
        _ members: UnsafeBufferPointer<nt_json_member>, _ line: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        guard let mark = rewriter?.messageMark else { return true }
        for index in members.indices where unsafe members[index].mark == mark {
            return unsafe line[Int(members[index].start)] == 0x22
        }
        return false
    }

    package var writesLogMembers: Bool { rewriter != nil }

    package func writeLogMembers(of rewrite: LineRewrite, to cursor: inout ByteCursor) {
        rewriter?.writeLog(rewrite, to: &cursor)
    }

    package func writeMembers(of rewrite: LineRewrite, to cursor: inout ByteCursor) {
        rewriter?.writeRoot(rewrite, to: &cursor)
    }
}
