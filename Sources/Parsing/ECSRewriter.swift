import CShim
import EventFields
import EventModel

/// `normalize: ecs`, the fast way: decides from the members that the validator found what becomes of a line.
///
/// - Rules: of a field's names the one that stands first in `FieldAliases.names(of:)` wins, ECS's own before all others,
///   if its value suits the field; the others stay as they are. Where the line or the configuration has something under
///   the object that a field goes into, the line is merged (`ECSTree`), which says what then counts.
struct ECSRewriter: Sendable {
    let names: ECSNames
    /// The mark of `message_key`, where lines without it are to be told of.
    let messageMark: UInt32?

    init(names: ECSNames, checkedMessageKey: String?) {
        self.names = names
        messageMark = checkedMessageKey.flatMap { names.marks[Array($0.utf8)] }.map { UInt32($0) }
    }

    /// The winners so far: for each slot the member, and the rank of its name.
    private struct Winners {
        var member = InlineArray<16, UInt8>(repeating: 0xff)
        var rank = InlineArray<16, UInt8>(repeating: 0xff)
        var hasHost = false
        var hasProcess = false
        var isCompact = false

        @inline(__always)
        func has(_ slot: ECSNames.Slot) -> Bool { rank[Int(slot)] != 0xff }

        @inline(__always)
        mutating func take(_ slot: ECSNames.Slot, _ index: Int, _ rank: UInt8) {
            member[Int(slot)] = UInt8(truncatingIfNeeded: index)
            self.rank[Int(slot)] = rank
        }

        @inline(__always)
        mutating func drop(_ slot: ECSNames.Slot) { take(slot, 0xff, 0xff) }
    }

    /// Says how the line is written; false when it has to be merged.
    @inline(__always)
    func rewrite(
        _ line: UnsafePointer<UInt8>, _ result: nt_json_result, _ members: UnsafeBufferPointer<nt_json_member>,
        _ rewrite: inout LineRewrite
    ) -> Bool {
        var winners = Winners()
        for index in members.indices {
            guard unsafe look(at: members[index], index, line, &winners, &rewrite) else { return false }
        }
        settleService(&winners)
        var written = unsafe settleTrace(&winners, members, &rewrite)
        var cut: UInt32 = 0
        for slot in 0..<ECSNames.none where winners.has(slot) {
            let index = Int(winners.member[Int(slot)])
            cut |= 1 << UInt32(index)
            guard slot < ECSNames.traceparent else { continue }
            written |= unsafe names.entries[Int(members[index].mark)].target
            rewrite.values[Int(slot)] = unsafe LineRewrite.Place(members[index].start, members[index].end)
        }
        if winners.isCompact, !winners.has(ECSSlot.level) {
            rewrite.level = Severity.info.rawValue
            written |= names.logRoot
        }
        guard unsafe isFree(members, except: cut, for: written) else { return false }
        unsafe keep(result, members, cut, &rewrite)
        return true
    }

    /// False when the line has to be merged.
    @inline(__always)
    private func look(
        at member: nt_json_member, _ index: Int, _ line: UnsafePointer<UInt8>, _ winners: inout Winners,
        _ rewrite: inout LineRewrite
    ) -> Bool {
        let entry = names.entries[Int(member.mark)]
        let value = unsafe ECSValue(
            UnsafeBufferPointer(start: line + Int(member.start), count: Int(member.end - member.start)))
        if entry.isHost { winners.hasHost = true }
        if entry.isProcess { winners.hasProcess = true }
        let slot = entry.slot
        let wins = entry.rank < winners.rank[Int(slot)]
        if slot == ECSSlot.time {
            guard let time = unsafe value.time else { return true }
            if entry.form == .compactTime { winners.isCompact = true }
            guard wins else { return true }
            rewrite.time = time
        } else if slot == ECSSlot.level {
            guard wins else { return true }
            switch unsafe value.level(entry.form) {
            case .none: return true
            case .text: rewrite.level = 0
            case .severity(let severity): rewrite.level = severity.rawValue
            }
        } else {
            guard wins else { return true }
            guard unsafe value.suits(slot, entry) else { return unsafe !entry.takesError || value.first != 0x7b }
        }
        winners.take(slot, index, entry.rank)
        return true
    }

    /// bunyan's and pino's `name` is the service beside `pid` and a host; else it is what it was.
    private func settleService(_ winners: inout Winners) {
        let (name, service) = (ECSNames.serviceName, ECSSlot.service)
        guard winners.has(name) else { return }
        let rank = winners.rank[Int(name)]
        if winners.hasHost, winners.hasProcess, rank < winners.rank[Int(service)] {
            winners.take(service, Int(winners.member[Int(name)]), rank)
        }
        winners.drop(name)
    }

    /// A traceparent says what the line does not say by other names, and stays unless all of it went into fields. Answers
    /// with the roots of those.
    private func settleTrace(
        _ winners: inout Winners, _ members: UnsafeBufferPointer<nt_json_member>, _ rewrite: inout LineRewrite
    ) -> UInt16 {
        guard winners.has(ECSNames.traceparent) else { return 0 }
        var written: UInt16 = 0
        let start = unsafe members[Int(winners.member[Int(ECSNames.traceparent)])].start
        let (trace, span) = (ECSSlot.trace, ECSSlot.span)
        if !winners.has(trace) {
            rewrite.values[Int(trace)] = LineRewrite.Place(start + 4, start + 36)
            rewrite.unquoted |= 1 << UInt16(trace)
            written |= names.traceRoot
        }
        if !winners.has(span) {
            rewrite.values[Int(span)] = LineRewrite.Place(start + 37, start + 53)
            rewrite.unquoted |= 1 << UInt16(span)
            written |= names.spanRoot
        }
        if winners.has(trace) || winners.has(span) { winners.drop(ECSNames.traceparent) }
        return written
    }

    /// Whether all that stays of the line can be copied, and nothing of it is where fields are to be written.
    private func isFree(
        _ members: UnsafeBufferPointer<nt_json_member>, except cut: UInt32, for written: UInt16
    ) -> Bool {
        var taken = names.configuredRoots
        for index in members.indices where cut & (1 << UInt32(index)) == 0 {
            let entry = unsafe names.entries[Int(members[index].mark)]
            if entry.isReserved { return false }
            taken |= entry.root
        }
        return written & taken == 0
    }

    private func keep(
        _ result: nt_json_result, _ members: UnsafeBufferPointer<nt_json_member>, _ cut: UInt32,
        _ rewrite: inout LineRewrite
    ) {
        var at = result.start
        for index in members.indices where cut & (1 << UInt32(index)) != 0 {
            unsafe rewrite.keep(from: at, to: members[index].key)
            at = unsafe members[index].end
        }
        rewrite.keep(from: at, to: result.end)
    }

}
