package import Logging
package import Publishing
import Synchronization

/// What the tests of outputs in front of a peer do alike.
package enum OutputScene {
    /// Runs a test with the first lane of an output, and ends lane, output and peer, whatever came of it.
    /// - Returns: the lane's driver, which knows what became of its deliveries.
    @discardableResult
    package static func run(
        _ output: any Output, _ peer: any ContractPeer, _ body: (LaneDriver) async throws -> Void
    ) async throws -> LaneDriver {
        let driver = LaneDriver(output.makeLane(0))
        let outcome: Result<Void, any Error>
        do {
            try await body(driver)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        driver.lane.close()
        await output.shutdown()
        await peer.shutdown()
        try outcome.get()
        return driver
    }
}

/// Keeps what is logged: level, message, and the values of the metadata that the test asks for.
package struct LogLines: LogHandler {
    private final class Kept: Sendable { let lines = Mutex<[String]>([]) }
    private let kept = Kept()
    private let facts: [String]
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.info

    /// - Parameter facts: names of metadata.
    package init(_ facts: String...) { self.facts = facts }

    package var lines: [String] { kept.lines.withLock { $0 } }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let values = facts.compactMap { event.metadata?[$0]?.description }
        let behind = values.isEmpty ? "" : ": \(values.joined(separator: ", "))"
        kept.lines.withLock { $0.append("\(event.level): \(event.message)\(behind)") }
    }
}
