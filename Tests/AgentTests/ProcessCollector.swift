import CShim
import Glibc
import LumberjackCodec
import Synchronization

/// A collector on a thread of its own that counts the lines it gets. It keeps its port while it is away.
///
/// Events are counted before they are acknowledged. Connections are read in the order in which they came, so that what a
/// dead agent left behind is read before what its successor sends.
final class ProcessCollector: Sendable {
    enum Wire: String, Sendable {
        case lines, lumberjack
    }
    struct State: Sendable {
        var tally = ProcessTally()
        var isListening = false
        var connectionsTaken = 0
        var connectionsOpen = 0
        /// Reads no more once it has so many events; all that it has read is acknowledged.
        var stallsAt = Int.max
    }
    enum Command: Sendable {
        case listen, reset, leave, end
    }
    let port: Int
    let heard = ProcessObserved(State())
    private let wire: Wire
    private let commands = Mutex<[Command]>([])
    private let wake: ProcessPipe
    /// Bound and never listening: nobody else gets the port.
    private let reservation: Int32

    /// - Parameter listening: false for one that is away at first.
    init(_ wire: Wire, listening: Bool = true) throws(ProcessSocketError) {
        self.wire = wire
        wake = ProcessPipe()
        (reservation, port) = try ProcessSocket.bound(port: 0)
        let box = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let failure = unsafe pthread_create(
            &thread, nil,
            { argument in
                guard let argument = unsafe argument else { return nil }
                unsafe nt_name_thread("nt-collector")
                unsafe Unmanaged<ProcessCollector>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, unsafe box.toOpaque())
        precondition(failure == 0, "no thread for a collector")
        pthread_detach(thread)
        if listening { order(.listen) }
    }

    /// Listens, on the same port as before.
    func giveBack() async throws {
        order(.listen)
        try await wait("to listen") { $0.isListening }
    }

    /// Stops listening and resets all connections. What was not acknowledged may be sent again.
    func takeAway() async throws {
        order(.reset)
        try await wait("to be gone") { !$0.isListening && $0.connectionsOpen == 0 }
    }

    /// Stops listening and says goodbye on all connections, but reads them to their ends: for a wire without
    /// acknowledgements, where a reset loses what the kernel has taken.
    func leave() async throws {
        order(.leave)
        try await wait("for the agent to hang up, too") { !$0.isListening && $0.connectionsOpen == 0 }
    }

    /// Waits for a state, or fails and says how things are.
    func wait(_ what: String, _ condition: @escaping @Sendable (State) -> Bool) async throws {
        guard await !heard.wait(condition) else { return }
        let state = heard.current
        let hex = String(port, radix: 16, uppercase: true)
        let sockets = ProcessFile.text("/proc/net/tcp").split(separator: "\n").filter { $0.contains(":\(hex) ") }
        throw ProcessFailure(
            description: """
                waited \(what): \(state.tally.distinct) different lines in \(state.tally.total) events came, \
                \(state.connectionsTaken) connections, \(state.connectionsOpen) open, \
                \(state.isListening ? "listening" : "not listening"); sockets of port \(port):
                \(sockets.joined(separator: "\n"))
                """)
    }

    /// Ends the thread; cannot be undone.
    func end() { order(.end) }

    /// Reads again after it stalled.
    func resume() {
        heard.update { $0.stallsAt = .max }
        wake.ring()
    }

    private func order(_ command: Command) {
        commands.withLock { $0.append(command) }
        wake.ring()
    }

    // MARK: The thread

    private func run() {
        var desk = ProcessCollectorDesk(wire: wire, port: port, heard: heard)
        while desk.isOpen {
            desk.wait(wake.readEnd)
            wake.quiet()
            for command in commands.withLock({ commands in
                defer { commands = [] }
                return commands
            }) { desk.obey(command) }
        }
        close(reservation)
    }
}
