import Glibc

/// Counts events whose message is `SERIES#NUMBER …`: each line of a file has a number of its own, from 1 on.
struct ProcessTally: Sendable {
    fileprivate struct Series {
        /// How often the line with that number has come; its first one has index 0.
        var arrivals: [UInt16] = []
        var ids: [String] = []
        var highest = 0
        var distinct = 0
    }
    private struct Line: Equatable {
        let series: String
        let number: Int
    }
    private var series: [String: Series] = [:]
    private var lines: [String: Line] = [:]
    /// Events, those that came twice included.
    private(set) var total = 0
    /// Different lines.
    private(set) var distinct = 0
    /// What must not be: a line that overtook another of its file, an id that stands for two lines, two ids of one line.
    private(set) var problems: [String] = []

    init() {}

    /// Takes one event in JSON.
    mutating func take(_ event: [UInt8]) {
        total += 1
        guard let (message, id) = ProcessTally.fields(of: event), let line = ProcessTally.line(message) else {
            note("no line of ours: \(String(decoding: event.prefix(300), as: UTF8.self))")
            return
        }
        if let other = lines.updateValue(line, forKey: id), other != line {
            note("\(id) is the id of \(other.series)#\(other.number) and of \(line.series)#\(line.number)")
        }
        let (isNew, problem) = series[line.series, default: Series()].take(line.number, id: id)
        if isNew { distinct += 1 }
        if let problem { note("\(line.series)\(problem)") }
    }

    /// Different lines of a file that have come.
    func count(_ name: String) -> Int { series[name]?.distinct ?? 0 }

    /// Lines that have not come, by name, as far as `expected` goes: the last number of each series.
    func missing(_ expected: [String: Int]) -> [String] {
        expected.sorted { $0.key < $1.key }.flatMap { name, last in
            let arrivals = series[name]?.arrivals ?? []
            return (0..<last).filter { $0 >= arrivals.count || arrivals[$0] == 0 }.map { "\(name)#\($0 + 1)" }
        }
    }

    private mutating func note(_ text: String) { if problems.count < 20 { problems.append(text) } }

    private static func line(_ message: String) -> Line? {
        let bytes = message.utf8
        guard let mark = bytes.firstIndex(of: 0x23) else { return nil }
        let digits = bytes[bytes.index(after: mark)...]
        guard let end = digits.firstIndex(of: 0x20), let number = Int(message[digits.startIndex..<end]), number > 0
        else { return nil }
        return Line(series: String(message[..<mark]), number: number)
    }

    /// Message and id of an event, as C finds them: the collector must not be slower than the agent, in a debug build too.
    private static func fields(of event: [UInt8]) -> (message: String, id: String)? {
        var text = event
        text.append(0)
        return unsafe text.withUnsafeBytes { bytes in
            let characters = unsafe bytes.bindMemory(to: CChar.self)
            guard let base = characters.baseAddress, let message = unsafe field("\"message\":\"", in: base),
                let id = unsafe field("\"_id\":\"", in: base)
            else { return nil }
            return (message, id)
        }
    }

    /// The text behind a key, up to the next quote; our lines need no escapes.
    private static func field(_ key: String, in text: UnsafePointer<CChar>) -> String? {
        guard let found = unsafe strstr(text, key) else { return nil }
        let start = unsafe found + key.utf8.count
        guard let end = unsafe strchr(start, 0x22) else { return nil }
        return unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: end - start), as: UTF8.self)
    }
}

extension ProcessTally.Series {
    /// - Returns: whether the line came for the first time, and what is wrong with it.
    fileprivate mutating func take(_ number: Int, id: String) -> (isNew: Bool, problem: String?) {
        if arrivals.count < number {
            let more = number - arrivals.count
            arrivals += repeatElement(0, count: more)
            ids += repeatElement("", count: more)
        }
        defer { arrivals[number - 1] &+= 1 }
        guard arrivals[number - 1] == 0 else {
            let known = ids[number - 1]
            return (false, known == id ? nil : "#\(number) has the ids \(known) and \(id)")
        }
        ids[number - 1] = id
        distinct += 1
        defer { highest = max(highest, number) }
        return (true, number < highest ? "#\(number) came after #\(highest)" : nil)
    }
}
