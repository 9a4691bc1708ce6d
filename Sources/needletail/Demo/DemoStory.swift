/// What the demo's three services write, line after line in the order of time.
///
/// A story begins in the past, quietly, grows to its full rate, and has its trouble on the way: for two minutes
/// the card issuer is slow and declines.
struct DemoStory: Sendable {
    /// Lines a second once it is at its full rate.
    let rate: Double
    private let begin: Int64
    private let present: Int64
    private var random: DemoRandom
    /// When the next request comes, ns since 1970.
    private var nextRequest: Int64
    private var nextSettlement: Int64
    private var waiting: [DemoLine] = []
    /// Of the last request that went wrong in all three services, when all its lines were told.
    private(set) var troubledTrace: String?

    /// What a request writes on average.
    private static let linesPerRequest = 5.6

    /// - Parameters:
    ///   - present: now, ns since 1970; the story is told up to it at once.
    ///   - past: seconds before that in which it begins.
    init(rate: Double, present: Int64, past: Double, seed: UInt64) {
        self.rate = rate
        self.present = present
        begin = present - Int64(past * 1e9)
        random = DemoRandom(seed: seed)
        nextRequest = begin
        nextSettlement = begin + 20_000_000_000
    }

    /// The lines up to that time which have not been told yet.
    mutating func lines(until time: Int64) -> [DemoLine] {
        while min(nextRequest, nextSettlement) <= time {
            if nextSettlement < nextRequest { settle() } else { request() }
        }
        var due: [DemoLine] = []
        var later: [DemoLine] = []
        for line in waiting {
            if line.time <= time { due.append(line) } else { later.append(line) }
        }
        waiting = later
        due.sort { $0.time < $1.time }
        return due
    }

    /// 0 to 1: two minutes of trouble, four minutes before the present; a little of it every five minutes from then on.
    private func trouble(at time: Int64) -> Double {
        let seconds = Double(time - present) / 1e9
        if seconds < 0 { return (-260 ... -140).contains(seconds) ? 0.8 : 0.06 }
        let ofRound = seconds.truncatingRemainder(dividingBy: 300)
        return (100...150).contains(ofRound) ? 0.7 : 0.08
    }

    /// A fifth of the rate at the beginning, all of it at present and later.
    private func share(at time: Int64) -> Double {
        guard time < present, present > begin else { return 1 }
        let part = Double(time - begin) / Double(present - begin)
        return 0.2 + 0.8 * part * part
    }

    private mutating func request() {
        let request = DemoRequest.make(at: nextRequest, trouble: trouble(at: nextRequest), &random)
        waiting += request.lines
        if request.hasError, Set(request.lines.map(\.service)).count == DemoService.allCases.count,
            (request.lines.last?.time ?? present) < present
        {
            troubledTrace = request.traceID
        }
        let mean = DemoStory.linesPerRequest / (rate * share(at: nextRequest))
        nextRequest += Int64(mean * (0.3 + 1.4 * random.fraction()) * 1e9)
    }

    /// A line that belongs to no request.
    private mutating func settle() {
        waiting.append(
            DemoLine(
                time: nextSettlement, service: .payments, level: .info, caller: "", message: "settlement batch written",
                fields: [.init(name: "charges", value: .number(20 + Int(random.next() % 200)))]))
        nextSettlement += 30_000_000_000
    }
}
