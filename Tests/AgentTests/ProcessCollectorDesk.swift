import Glibc
import LumberjackCodec
import TestSupport

/// The sockets of a collector, in the hands of its thread.
struct ProcessCollectorDesk {
    private struct Connection {
        let descriptor: Int32
        var reader: ProcessWireReader
    }
    let wire: ProcessCollector.Wire
    let port: Int
    let heard: ProcessObserved<ProcessCollector.State>
    private(set) var isOpen = true
    private var listener: Int32 = -1
    private var connections: [Connection] = []
    private var buffer = [UInt8](repeating: 0, count: 128 * 1024)

    init(wire: ProcessCollector.Wire, port: Int, heard: ProcessObserved<ProcessCollector.State>) {
        self.wire = wire
        self.port = port
        self.heard = heard
    }

    mutating func obey(_ command: ProcessCollector.Command) {
        switch command {
        case .listen:
            listen()
        case .reset:
            stopListening()
            for connection in connections { ProcessSocket.reset(connection.descriptor) }
            connections = []
        case .leave:
            stopListening()
            for connection in connections { _ = shutdown(connection.descriptor, Int32(SHUT_WR)) }
        case .end:
            stopListening()
            for connection in connections { close(connection.descriptor) }
            connections = []
            isOpen = false
        }
        tell()
    }

    /// A child that is just being made has a copy of the listener before this one, until it begins with its program.
    private mutating func listen() {
        let deadline = ContinuousClock.now + .seconds(30)
        while listener < 0 {
            precondition(ContinuousClock.now < deadline, "the collector cannot listen on its own port")
            listener = ProcessSocket.listener(port: port)
            if listener < 0 { usleep(1000) }
        }
    }

    private mutating func stopListening() {
        if listener >= 0 { close(listener) }
        listener = -1
    }

    private func tell() {
        heard.update {
            $0.isListening = listener >= 0
            $0.connectionsOpen = connections.count
        }
    }

    /// Sleeps until something comes, and takes it.
    mutating func wait(_ wake: Int32) {
        var entries = [wake, listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        let stalls = heard.look { $0.tally.total >= $0.stallsAt }
        // A negative descriptor is not looked at.
        entries += connections.map { pollfd(fd: stalls ? -1 : $0.descriptor, events: Int16(POLLIN), revents: 0) }
        guard unsafe poll(&entries, nfds_t(entries.count), -1) > 0 else { return }
        var ended: [Int32] = []
        for index in connections.indices where entries[index + 2].revents != 0 {
            if !drain(index) { ended.append(connections[index].descriptor) }
        }
        if entries[1].revents != 0 { accept() }
        guard !ended.isEmpty else { return }
        for descriptor in ended { close(descriptor) }
        connections.removeAll { ended.contains($0.descriptor) }
        tell()
    }

    private mutating func accept() {
        // An agent that is started meanwhile must not inherit it: the connection would outlive what ends it here.
        let descriptor = ForkLock.withLock {
            let descriptor = Glibc.accept(listener, nil, nil)
            if descriptor >= 0 { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
            return descriptor
        }
        guard descriptor >= 0 else { return }
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        connections.append(Connection(descriptor: descriptor, reader: ProcessWireReader(wire)))
        heard.update {
            $0.connectionsTaken += 1
            $0.connectionsOpen = connections.count
        }
    }

    /// Reads what there is.
    /// - Returns: false when the connection has ended.
    private mutating func drain(_ index: Int) -> Bool {
        let descriptor = connections[index].descriptor
        while heard.look({ $0.tally.total < $0.stallsAt }) {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            if count < 0 { return errno == EAGAIN || errno == EINTR }
            if count == 0 { return false }
            let (events, answer) = connections[index].reader.take(Array(buffer[..<count]))
            if !events.isEmpty { heard.update { state in for event in events { state.tally.take(event) } } }
            if !answer.isEmpty {
                _ = unsafe send(descriptor, answer, answer.count, Int32(MSG_NOSIGNAL))
            }
        }
        return true
    }
}

/// Cuts a stream into events, and knows what to answer.
struct ProcessWireReader {
    private let wire: ProcessCollector.Wire
    private var rest: [UInt8] = []
    private var decoder = LumberjackDecoder()

    init(_ wire: ProcessCollector.Wire) { self.wire = wire }

    mutating func take(_ bytes: [UInt8]) -> (events: [[UInt8]], answer: [UInt8]) {
        switch wire {
        case .lines:
            rest += bytes
            var events: [[UInt8]] = []
            var start = 0
            while let length = ProcessWireReader.lineLength(rest, from: start) {
                events.append(Array(rest[start..<(start + length)]))
                start += length + 1
            }
            rest.removeSubrange(..<start)
            return (events, [])
        case .lumberjack:
            var sink = Sink()
            // What is no Lumberjack shows as lines that are missing.
            try? decoder.decode(bytes, &sink)
            return (sink.events, sink.answer)
        }
    }

    private static func lineLength(_ bytes: [UInt8], from start: Int) -> Int? {
        unsafe bytes.withUnsafeBytes { all in
            guard start < all.count, let base = all.baseAddress else { return nil }
            return unsafe memchr(base + start, 0x0a, all.count - start).map {
                unsafe UnsafeRawPointer($0) - base - start
            }
        }
    }

    /// Acknowledges every event that is there, also in the middle of a window.
    private struct Sink: LumberjackSink {
        var events: [[UInt8]] = []
        var answer: [UInt8] = []
        private var acknowledged = false

        init() {}

        mutating func window(count: Int) {}

        mutating func event(sequence: UInt32, _ bytes: Span<UInt8>) {
            events.append(unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) })
            // One answer a piece would do; one a 100 events and the last of the piece shows more of the agent.
            let next = LumberjackFrame.acknowledgement(sequence)
            if sequence % 100 == 1 || answer.isEmpty {
                answer += next
            } else {
                answer.replaceSubrange((answer.count - next.count)..., with: next)
            }
        }

        mutating func acknowledgement(_ sequence: UInt32) {}
    }
}
