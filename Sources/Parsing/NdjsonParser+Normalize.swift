package import ByteTools
import CShim
package import EventModel

/// `normalize: ecs`: the line is looked at once, and written under other names without being taken apart.
extension NdjsonParser {
    package func examine(
        _ line: UnsafeBufferPointer<UInt8>, rewrite: UnsafeMutablePointer<LineRewrite>
    ) -> ParsedLine {
        guard let rewriter else { return unsafe examine(line) }
        guard let base = line.baseAddress else { return settings.acceptsText ? .text : .failed(error: "") }
        return unsafe withUnsafeTemporaryAllocation(of: nt_json_member.self, capacity: Int(NT_JSON_MARKED)) { list in
            var members = unsafe nt_json_members(list: list.baseAddress, count: 0)
            var result = nt_json_result()
            unsafe nt_json_examine_members(base, line.count, table, &result, &members)
            if result.status == NT_JSON_PLAIN.rawValue {
                let found = unsafe UnsafeBufferPointer(rebasing: list[..<Int(members.count)])
                unsafe rewrite.initialize(to: LineRewrite(line: base))
                guard unsafe hasMessage(found, line), unsafe rewriter.rewrite(base, result, found, &rewrite.pointee)
                else { return .merge }
                return unsafe .rewrite(time: rewrite.pointee.time)
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

    package func writeLogMembers(of rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor) {
        unsafe rewriter?.writeLog(rewrite, to: &cursor)
    }

    package func writeMembers(of rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor) {
        unsafe rewriter?.writeRoot(rewrite, to: &cursor)
    }
}
