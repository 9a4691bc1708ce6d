import EventModel

/// One ordered stream of deliveries as a pure state machine: what is waiting, what is in flight, when to try again.
///
/// States: *open* (deliveries go out as the window allows), *backing off* (nothing goes out until a time), *probing*
/// (one delivery is out to see whether the peer is well again). Only success leads back to open.
struct Lane {
    /// Events of one batch that travel together.
    struct Parcel {
        let sequence: UInt64
        var events: EventSelection
        var attempt: Int
    }

    struct Flight {
        let token: UInt64
        let parcel: Parcel
    }

    enum State: Equatable {
        case open
        case backingOff(until: MonotonicTime)
        case probing
        /// The last attempt before shutdown failed: what is left is read again at the next start.
        case abandoned
    }

    let window: Int
    let maxEvents: Int
    let slowStart: Bool
    var state = State.open
    var backoff: Backoff
    /// To be sent, by ascending sequence.
    private(set) var waiting: [Parcel] = []
    private(set) var inFlight: [Flight] = []
    /// Most events of the next delivery; below `maxEvents` only with slow start.
    private var eventLimit: Int

    init(window: Int, maxEvents: Int, slowStart: Bool, backoff: Backoff) {
        self.window = window
        self.maxEvents = maxEvents
        self.slowStart = slowStart
        self.backoff = backoff
        eventLimit = slowStart ? min(10, maxEvents) : maxEvents
    }

    /// Nothing is on its way, so that a batch should leave at once.
    var isHungry: Bool { state == .open && inFlight.isEmpty && waiting.isEmpty }
    var isIdle: Bool { inFlight.isEmpty && waiting.isEmpty }

    mutating func enqueue(_ parcel: Parcel) { waiting.append(parcel) }

    /// The next parcel that may go out now; the caller sends it and it counts as in flight.
    mutating func takeNext(token: UInt64, now: MonotonicTime) -> Parcel? {
        if case .backingOff(let until) = state, until <= now, inFlight.isEmpty { state = .probing }
        let allowed: Int
        switch state {
        case .open: allowed = window
        case .probing: allowed = 1
        case .backingOff, .abandoned: return nil
        }
        guard inFlight.count < allowed, var parcel = waiting.first else { return nil }
        if parcel.events.count > eventLimit {
            let rest = parcel.events.positions(eventLimit..<parcel.events.count)
            waiting[0].events = rest
            parcel.events = parcel.events.positions(0..<eventLimit)
        } else {
            waiting.removeFirst()
        }
        inFlight.append(Flight(token: token, parcel: parcel))
        return parcel
    }

    /// An answer came for the oldest delivery in flight.
    mutating func takeFlight(token: UInt64) -> Parcel {
        precondition(inFlight.first?.token == token, "an output answered out of order")
        return inFlight.removeFirst().parcel
    }

    mutating func succeeded() {
        if state == .probing || slowStart { eventLimit = min(maxEvents, eventLimit + eventLimit / 2 + 1) }
        switch state {
        case .probing, .backingOff:
            state = .open
            backoff.reset()
        case .open: backoff.reset()
        case .abandoned: break
        }
        if !slowStart { eventLimit = maxEvents }
    }

    /// Something is to be sent again. Several deliveries that fail together count as one failure.
    mutating func failed(
        _ parcel: Parcel, retry events: EventSelection, retryAfter: Duration?, now: MonotonicTime, draining: Bool,
        using generator: inout some RandomNumberGenerator
    ) {
        let again = Parcel(sequence: parcel.sequence, events: events, attempt: parcel.attempt + 1)
        let position = waiting.firstIndex { comesBefore(again, $0) } ?? waiting.endIndex
        waiting.insert(again, at: position)
        switch state {
        case .abandoned: return
        case .backingOff(let until):
            if let retryAfter { state = .backingOff(until: max(until, now + retryAfter)) }
        case .open, .probing:
            if slowStart { eventLimit = max(1, eventLimit / 2) }
            if draining {
                state = .abandoned
            } else {
                state = .backingOff(until: now + backoff.next(retryAfter: retryAfter, using: &generator))
            }
        }
    }

    private func comesBefore(_ left: Parcel, _ right: Parcel) -> Bool {
        if left.sequence != right.sequence { return left.sequence < right.sequence }
        return left.events.count > 0 && right.events.count > 0 && left.events[0] < right.events[0]
    }

    /// Shutdown: what is waiting gets one attempt now, even in the middle of a back-off.
    mutating func drain(now: MonotonicTime) {
        if case .backingOff = state { state = .backingOff(until: now) }
    }
}
