import EventFields
import EventModel

/// `normalize: ecs`, the slow way: says what counts where the fast way cannot tell.
///
/// - Rules, besides those of `ECSRewriter`: what the line has under ECS's name already, dotted or nested, stays, and so does
///   what the configuration has; an alias of it keeps its own name then. A field goes into an object that the line has
///   under the name of its root. Where something else than an object is there, nothing goes there.
struct ECSTree {
    private let names: ECSNames
    private let event: JSONObject
    private var members: [JSONObject.Member]
    /// For each slot the member that wins, and the rank of its name.
    private var winners: [ECSNames.Slot: (index: Int, rank: UInt8)] = [:]
    private var isCompact = false
    private var hasHost = false
    private var hasProcess = false
    /// Members that other ones stand for in the end.
    private var cut: Set<Int> = []

    /// The line's own time, in ms since 1970.
    private(set) var time: Int64?

    /// - Parameter event: the event without the line.
    init(_ line: JSONObject, names: ECSNames, event: JSONObject) {
        self.names = names
        self.event = event
        members = line.members
    }

    /// The line with ECS's names.
    mutating func normalized() -> JSONObject {
        for index in members.indices { look(at: index) }
        settleService()
        // What a text under a root's own name becomes decides on whether the root is free.
        cut = Set(winners.filter { $0.key < ECSNames.traceparent }.map(\.value.index))
        if !isFree(.message), let winner = winners[ECSField.message.rawValue] {
            cut.remove(winner.index)
            winners[ECSField.message.rawValue] = nil
        }
        var values: [(path: String, value: JSONTree)] = []
        for field in ECSField.allCases where field != .time { values += take(field) }
        if let winner = winners[ECSField.time.rawValue] { time = value(winner.index).time }
        if let host = loneHost() { values.append(host) }
        var line = JSONObject(members.indices.filter { !cut.contains($0) }.map { members[$0] })
        for (path, value) in values { line.put(value, path: path.split(separator: ".").map { Array($0.utf8) }) }
        return line
    }

    private mutating func look(at index: Int) {
        guard let mark = names.marks[members[index].name] else { return }
        let entry = names.entries[mark]
        hasHost = hasHost || entry.isHost
        hasProcess = hasProcess || entry.isProcess
        let value = value(index)
        if entry.slot == ECSField.time.rawValue, value.time != nil, entry.form == .compactTime { isCompact = true }
        guard entry.rank < winners[entry.slot]?.rank ?? .max, value.suits(entry) else { return }
        winners[entry.slot] = (index, entry.rank)
    }

    private mutating func settleService() {
        guard let name = winners.removeValue(forKey: ECSNames.serviceName), hasHost, hasProcess else { return }
        if name.rank < winners[ECSField.service.rawValue]?.rank ?? .max { winners[ECSField.service.rawValue] = name }
    }

    private func value(_ index: Int) -> TreeValue { TreeValue(tree: members[index].value) }

    /// Whether a field can be written: nothing is at its place, and nothing but objects on the way there.
    private func isFree(_ field: ECSField) -> Bool {
        let path = field.path.split(separator: ".").map { Array($0.utf8) }
        let line = JSONObject(members.indices.filter { !cut.contains($0) }.map { members[$0] })
        for tree in [line, event] {
            guard let holder = tree[path[0]] else { continue }
            guard path.count > 1, let object = holder.object else { return false }
            if object[path: Array(path.dropFirst())] != nil { return false }
            if path.count == 3, let middle = object[path[1]], middle.object == nil { return false }
        }
        return true
    }

    /// What is written for a field. An alias that cannot be written stays.
    private mutating func take(_ field: ECSField) -> [(path: String, value: JSONTree)] {
        let winner = winners[field.rawValue]
        guard isFree(field) else {
            if let winner { cut.remove(winner.index) }
            return []
        }
        guard let winner else { return implied(field) }
        let tree = members[winner.index].value
        switch field {
        case .level: return [(field.path, value(winner.index).levelText(form(winner.index)))]
        case .origin: return [(field.path, value(winner.index).origin)]
        case .errorMessage where tree.object != nil: return takeError(winner.index)
        default: return [(field.path, tree)]
        }
    }

    private func form(_ index: Int) -> FieldAliases.Form {
        names.marks[members[index].name].map { names.entries[$0].form } ?? .plain
    }

    /// The level that Serilog's compact lines leave out, and the ids of a traceparent.
    private mutating func implied(_ field: ECSField) -> [(path: String, value: JSONTree)] {
        switch field {
        case .level where isCompact: return [(field.path, .string(Severity.info.name.utf8))]
        case .trace, .span:
            guard let index = winners[ECSNames.traceparent]?.index else { return [] }
            let other = field == .trace ? ECSField.span : .trace
            // It stays, unless all of it goes into fields.
            if winners[other.rawValue] == nil, isFree(other) { cut.insert(index) }
            guard let raw = value(index).raw else { return [] }
            return [(field.path, .string(raw[field == .trace ? 4..<36 : 37..<53]))]
        default: return []
        }
    }

    /// pino's and bunyan's `err`: an object with a type or name, a message and a stack.
    private mutating func takeError(_ index: Int) -> [(path: String, value: JSONTree)] {
        let root = Array("error".utf8)
        let isTaken = members.indices.contains { !cut.contains($0) && members[$0].name == root } || event[root] != nil
        guard !isTaken, var error = members[index].value.object else {
            cut.remove(index)
            return []
        }
        var values: [(path: String, value: JSONTree)] = []
        let hasStack = winners[ECSField.stackTrace.rawValue] != nil
        for (name, path) in ECSTree.errorMembers where !(name == "stack" && hasStack) {
            guard !values.contains(where: { $0.path == path }), let value = error[name], value.text != nil
            else { continue }
            values.append((path, value))
            error[name] = nil
        }
        if !error.members.isEmpty {
            cut.remove(index)
            members[index].value = .object(error)
        }
        return values
    }

    private static let errorMembers = [
        ("type", "error.type"), ("name", "error.type"), ("message", "error.message"), ("stack", "error.stack_trace"),
    ]

    /// A text under `host`, where the shipper has a host of its own: the name by which the host knows itself.
    private mutating func loneHost() -> (path: String, value: JSONTree)? {
        guard names.hasHost, let index = members.firstIndex(where: { $0.name.elementsEqual("host".utf8) }),
            !cut.contains(index), members[index].value.text != nil, event["host"]?.object?["hostname"] == nil
        else { return nil }
        cut.insert(index)
        return ("host.hostname", members[index].value)
    }
}

/// A value of a tree, judged as the fast way judges it.
private struct TreeValue {
    let tree: JSONTree

    var raw: [UInt8]? {
        if case .scalar(let raw) = tree { return raw }
        return nil
    }

    private func judged<Result>(_ body: (ECSValue) -> Result) -> Result {
        let bytes = tree.compact
        return unsafe bytes.withUnsafeBufferPointer { unsafe body(ECSValue($0)) }
    }

    var time: Int64? { unsafe judged { unsafe $0.time } }

    func suits(_ entry: ECSNames.Entry) -> Bool {
        if entry.slot == ECSField.time.rawValue { return time != nil }
        if entry.slot == ECSField.level.rawValue {
            return unsafe judged { if case .none = unsafe $0.level(entry.form) { false } else { true } }
        }
        if entry.takesError, let error = tree.object { return error["message"]?.text != nil }
        return unsafe judged { unsafe $0.suits(entry.slot, entry) }
    }

    func levelText(_ form: FieldAliases.Form) -> JSONTree {
        unsafe judged {
            if case .severity(let severity) = unsafe $0.level(form) { return .string(severity.name.utf8) }
            return .scalar((raw ?? []).map(\.lowercase))
        }
    }

    /// `log.origin` of `main.go:17`.
    var origin: JSONTree {
        guard let raw, let colon = unsafe judged({ unsafe $0.colon }) else { return tree }
        let file = JSONObject([
            .init(name: Array("name".utf8), value: .scalar(raw[..<colon] + [0x22])),
            .init(name: Array("line".utf8), value: .scalar(Array(raw[(colon + 1)..<(raw.count - 1)]))),
        ])
        return .object(JSONObject([.init(name: Array("file".utf8), value: .object(file))]))
    }
}
