import CShim
package import EventModel
import Glibc
package import Logging
package import Publishing

/// Writes one event a line to standard output, at once; settled when write(2) has taken it.
///
/// A reader that does not read holds the pipeline up and loses nothing. One that goes away is a failure like another.
package final class ConsoleOutput: Output {
    package let traits: OutputTraits
    private let descriptor: CInt
    private let counters: EventCounters?

    /// - Parameter descriptor: standard output, unless a test has a pipe.
    package init(
        _ settings: ConsoleOutputSettings, counters: EventCounters? = nil, logger: Logger,
        descriptor: CInt = STDOUT_FILENO
    ) {
        self.descriptor = descriptor
        self.counters = counters
        traits = OutputTraits(
            kind: "console", endpoint: "standard output", maxEvents: settings.bulkMaxSize, readAhead: 2)
        if FileCalls.retried({ Int(fcntl(descriptor, F_GETFD)) }) < 0 {
            logger.error("standard output is closed", metadata: ["output.kind": "console"])
        }
    }

    package func makeLane(_ index: Int) -> any OutputLane {
        let stop = Signal()
        return SinkLane(
            threadName: "console output", stop: stop,
            sink: StreamSink(descriptor, path: traits.endpoint, buffer: EventBuffer(counters: counters), stop: stop))
    }

    package func shutdown() async {}
}

/// Writes to a pipe or terminal that others share, and can be interrupted while the reader does not read.
final class StreamSink: Sink {
    private let descriptor: CInt
    private let path: String
    private let buffer: EventBuffer
    private let stop: Signal
    /// Bytes that a poll(2) promises room for; a regular file takes any number.
    private let chunk: Int
    /// The last line was not written to its end.
    private var torn = false

    init(_ descriptor: CInt, path: String, buffer: EventBuffer, stop: Signal) {
        self.descriptor = descriptor
        self.path = path
        self.buffer = buffer
        self.stop = stop
        let isFile = FileCalls.status(descriptor).mode & S_IFMT == S_IFREG
        chunk = isFile ? Int.max : 4096
    }

    func finish() {}

    func write(_ deliveries: [Delivery]) -> [Reply] {
        var failure: Reply.Failure?
        return deliveries.map { delivery in
            if let failure { return .retry(failure) }
            buffer.encode(delivery)
            let (bytes, error) = writeAll()
            guard let error else { return .delivered }
            failure = error
            let events = buffer.events(from: 0, within: bytes)
            torn = bytes > (events == 0 ? 0 : buffer.ends[events - 1])
            return events == 0 ? .retry(error) : Reply(.prefix(delivered: events), failure: error)
        }
    }

    /// - Returns: bytes written, and why not all.
    private func writeAll() -> (bytes: Int, failure: Reply.Failure?) {
        if torn, let failure = endTornLine() { return (0, failure) }
        var at = 0
        while at < buffer.count {
            if let failure = waitForRoom() { return (at, failure) }
            let end = min(buffer.count, chunk == Int.max ? Int.max : at + chunk)
            let result = unsafe buffer.withBytes(at..<end) { bytes in
                FileCalls.retried { unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count) }
            }
            if result < 0, result != -Int(EAGAIN) {
                return (at, FileOutputError(.write, path, cause: CInt(-result)).failure)
            }
            at += max(0, result)
        }
        return (at, nil)
    }

    /// What follows a half-written line must not look like its end.
    private func endTornLine() -> Reply.Failure? {
        if let failure = waitForRoom() { return failure }
        let result = FileCalls.retried { unsafe Glibc.write(descriptor, "\n", 1) }
        guard result == 1 else { return FileOutputError(.write, path, cause: CInt(-result)).failure }
        torn = false
        return nil
    }

    /// Waits until the reader has made room, or the lane is closed.
    private func waitForRoom() -> Reply.Failure? {
        var waits = [
            pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: stop.descriptor, events: Int16(POLLIN), revents: 0),
        ]
        _ = FileCalls.retried { unsafe Int(poll(&waits, 2, -1)) }
        if waits[1].revents != 0 { return Reply.Failure(.shutdown, "the output is closed") }
        return nil
    }
}
