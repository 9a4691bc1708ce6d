/// How far `ship` is, at one moment.
///
/// - Units: bytes of input before compression (what a `.gz` file holds, not what it takes on disk).
package struct ShipProgress: Sendable, Equatable {
    /// Since the start of shipping.
    package var elapsed = Duration.zero
    package var files = 0
    package var filesDone = 0
    /// Bytes of input in all; nil while nobody knows (standard input, compressed files).
    package var totalBytes: UInt64?
    package var readBytes: UInt64 = 0
    /// Bytes that are settled, for whatever reason: read and never to be sent again. Includes what an earlier run
    /// with the same `--resume` directory had settled.
    package var settledBytes: UInt64 = 0
    /// Of the settled bytes, those that an earlier run had settled.
    package var resumedBytes: UInt64 = 0
    package var eventsDelivered: UInt64 = 0
    package var eventsRejected: UInt64 = 0
    package var retries: UInt64 = 0
    /// Why the last delivery failed; nil once one has succeeded after it.
    package var lastFailure: String?

    package init() {}
}
