import EventModel

/// One ordered stream of deliveries as a pure state machine: what is waiting, what is in flight, when to try again.
///
/// States: *open* (deliveries go out as the window allows), *backing off* (nothing goes out until a time), *probing*
/// (one delivery is out to see whether the peer is well again). Only a probe's success leads back to open.
struct Lane {
    /// Events of one batch that travel together.
    struct Parcel: Equatable {
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

    /// What came of a delivery that was not taken in whole.
    struct Failure {
        /// What is to be sent again.
        var retry: EventSelection
        /// Least time to wait, as the server said.
        var retryAfter: Duration?
        /// Some events of the delivery were settled: the peer is alive, so earlier failures do not count.
        var hadProgress: Bool
        /// The delivery was turned back without an attempt.
        var isUntried = false
    }

    /// Events of the first delivery with slow start.
    static let slowStartEvents = 10

    let window: Int
    let maxEvents: Int
    let slowStart: Bool
    /// Batches need not wait for answers while the window has room.
    let isEager: Bool
    private(set) var state = State.open
    private(set) var backoff: Backoff
    /// To be sent, in the order of the lines.
    private(set) var waiting: [Parcel] = []
    private(set) var inFlight: [Flight] = []
    /// Most events of the next delivery; below `maxEvents` only with slow start.
    private(set) var eventLimit: Int
    /// Failed answers there were, for the output's `RetryGate`.
    var failuresSeen = 0
    private var isDraining = false

    init(window: Int, maxEvents: Int, slowStart: Bool, isEager: Bool = false, backoff: Backoff) {
        self.window = window
        self.maxEvents = maxEvents
        self.slowStart = slowStart
        self.isEager = isEager
        self.backoff = backoff
        eventLimit = slowStart ? min(Lane.slowStartEvents, maxEvents) : maxEvents
    }

    /// Nothing is on its way, so that a batch should leave at once.
    var isHungry: Bool {
        switch state {
        case .open: isEager ? hasRoom : inFlight.isEmpty && waiting.isEmpty
        case .probing: inFlight.isEmpty && waiting.isEmpty
        case .backingOff, .abandoned: false
        }
    }

    /// A batch sealed now would leave at once; otherwise it may as well go on growing.
    var hasRoom: Bool { state == .open && waiting.isEmpty && inFlight.count < window }

    /// When the lane may be tried again, if no answer comes before.
    var deadline: MonotonicTime? {
        guard case .backingOff(let until) = state, inFlight.isEmpty else { return nil }
        return until
    }

    /// Lets the next delivery go as a probe once the back-off is over; there need not be one yet.
    mutating func advance(now: MonotonicTime) {
        if let deadline, deadline <= now { state = .probing }
    }

    /// Nothing is in flight, and nothing will be sent any more before the next start.
    var isDrained: Bool { inFlight.isEmpty && (waiting.isEmpty || state == .abandoned) }

    mutating func enqueue(_ parcel: Parcel) { waiting.append(parcel) }

    /// The next parcel that may go out now; the caller sends it and it counts as in flight.
    mutating func takeNext(token: UInt64, now: MonotonicTime) -> Parcel? {
        advance(now: now)
        let allowed: Int
        switch state {
        case .open: allowed = window
        case .probing: allowed = 1
        case .backingOff, .abandoned: return nil
        }
        guard inFlight.count < allowed, var parcel = waiting.first else { return nil }
        if parcel.events.count > eventLimit {
            waiting[0].events = parcel.events.positions(eventLimit..<parcel.events.count)
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

    /// The delivery is settled in whole.
    mutating func succeeded() {
        switch state {
        case .open, .probing:
            state = .open
            backoff.reset()
            if slowStart { eventLimit = min(maxEvents, eventLimit + eventLimit / 2 + 1) }
        case .backingOff, .abandoned:
            // It was sent before the failure, and says nothing of the peer now.
            break
        }
    }

    /// Something is to be sent again, or would be if it had not been tried often enough (`retry` is empty then).
    /// Several deliveries that fail together count as one failure.
    mutating func failed(
        _ parcel: Parcel, _ failure: Failure, now: MonotonicTime, using generator: inout some RandomNumberGenerator
    ) {
        if failure.retry.count > 0 {
            let attempt = parcel.attempt + (failure.isUntried ? 0 : 1)
            putBack(Parcel(sequence: parcel.sequence, events: failure.retry, attempt: attempt))
        }
        switch state {
        case .abandoned: return
        case .backingOff(let until):
            guard !isDraining, let retryAfter = failure.retryAfter else { return }
            state = .backingOff(until: max(until, now + retryAfter))
        case .open, .probing:
            if slowStart { eventLimit = max(1, eventLimit / 2) }
            if failure.hadProgress { backoff.reset() }
            let wait = backoff.next(retryAfter: failure.retryAfter, using: &generator)
            state = isDraining ? .abandoned : .backingOff(until: now + wait)
        }
    }

    /// In front of everything that was read later.
    private mutating func putBack(_ parcel: Parcel) {
        let position = waiting.firstIndex { other in
            parcel.sequence == other.sequence
                ? parcel.events[0] < other.events[0] : parcel.sequence < other.sequence
        }
        waiting.insert(parcel, at: position ?? waiting.endIndex)
    }

    /// Shutdown: what is waiting gets one attempt now, even in the middle of a back-off.
    mutating func drain(now: MonotonicTime) {
        isDraining = true
        if case .backingOff = state { state = .backingOff(until: now) }
    }
}
