import Synchronization

/// What a peer does with an attempt (a request, or a window of frames on a connection).
package enum PeerBehaviour: String, Sendable, CaseIterable {
    /// Keeps the events and acknowledges them.
    case takes
    /// Says in its protocol: not now, try again.
    case refuses
    /// Says in its protocol: never.
    case rejects
    /// Accepts the connection and stops reading from it.
    case stalls
    /// Reads all and answers nothing.
    case staysSilent
    /// Resets the connection in the middle of the attempt.
    case resets
    /// Answers with the first half of an answer and closes.
    case answersHalf
    case answersGarbage
    /// Answers without an end, or acknowledges more than was sent.
    case answersTooMuch
}

/// The other end of an output, in the hand of a test.
package protocol ContractPeer: Sendable {
    var journal: PeerJournal { get }
    /// Returns once the peer has kept these messages. For peers whose kernel acknowledges before they have read.
    func catchUp(with messages: [String]) async
    /// Closes the listener and all connections.
    func shutdown() async
}

extension ContractPeer {
    package func catchUp(with messages: [String]) async {}
}

/// What a peer is to do, and what it has got. Every peer keeps one and asks it at each attempt.
package final class PeerJournal: Sendable {
    private struct State {
        var behaviour = PeerBehaviour.takes
        var attemptsLeft: Int?
        var attempts = 0
        var kept: [String] = []
        var waiters: [(attempt: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())
    private let reading: (@Sendable () -> [String])?

    /// - Parameter reading: for a peer that is no process, such as a file: what it holds.
    package init(reading: (@Sendable () -> [String])? = nil) {
        self.reading = reading
    }

    /// For the test: from now on, or for so many attempts and then `.takes`.
    package func behave(_ behaviour: PeerBehaviour, attempts: Int? = nil) {
        state.withLock {
            $0.behaviour = behaviour
            $0.attemptsLeft = attempts
        }
    }

    /// For the peer: an attempt begins; what to do with it.
    package func beginAttempt() -> PeerBehaviour {
        let (behaviour, ready) = state.withLock { state in
            let behaviour = state.behaviour
            if let left = state.attemptsLeft {
                state.attemptsLeft = left > 1 ? left - 1 : nil
                if left <= 1 { state.behaviour = .takes }
            }
            state.attempts += 1
            let ready = state.waiters.filter { $0.attempt <= state.attempts }
            state.waiters.removeAll { $0.attempt <= state.attempts }
            return (behaviour, ready)
        }
        for waiter in ready { waiter.continuation.resume() }
        return behaviour
    }

    /// For the peer: these messages are kept. Call it before they are acknowledged.
    package func keep(_ messages: [String]) { state.withLock { $0.kept += messages } }

    /// Messages in the order in which they were kept, those that came twice included.
    package var kept: [String] { reading?() ?? state.withLock { $0.kept } }

    /// The same without repetitions: what a store that knows event ids holds.
    package var keptOnce: [String] {
        var seen: Set<String> = []
        return kept.filter { seen.insert($0).inserted }
    }

    package var attempts: Int { state.withLock { $0.attempts } }

    /// Returns once so many attempts have begun in all.
    package func attempt(_ number: Int) async {
        await withCheckedContinuation { continuation in
            let already = state.withLock { state in
                if state.attempts < number { state.waiters.append((number, continuation)) }
                return state.attempts >= number
            }
            if already { continuation.resume() }
        }
    }
}
