import EventModel
import Logging
import Synchronization

/// Keeps a server from being drowned in streams: each set of labels is one, and costs an index entry and chunks of its own.
///
/// Counted are the streams, and the values of each label, that were made within an hour; after it the count begins anew,
/// as streams that get nothing more are closed by then. What would be too many gets the value `overflow` for the label
/// that has too many values, or for all labels that come from fields when the streams are too many.
/// - Ownership: shared by the lanes, which ask only for streams that they have not seen.
final class StreamGuard: Sendable {
    static let window = Duration.seconds(3600)
    /// Stands for the values that are too many.
    static let overflow = Array("overflow".utf8)

    private struct State {
        var began: ContinuousClock.Instant?
        var generation = 0
        var streams: Set<UInt64> = []
        var values: [Set<UInt64>]
        var hasWarned = false
    }

    private let maxStreams: Int
    private let maxValues: Int
    private let names: [String]
    private let logger: Logger
    private let state: Mutex<State>

    init(labels: [String], maxStreams: Int, maxValues: Int, logger: Logger) {
        names = labels
        self.maxStreams = maxStreams
        self.maxValues = maxValues
        self.logger = logger
        state = Mutex(State(values: labels.map { _ in [] }))
    }

    /// Begins a body.
    /// - Returns: a number that changes when the count begins anew.
    func generation(at now: ContinuousClock.Instant) -> Int {
        state.withLock { state in
            if let began = state.began, now - began < StreamGuard.window { return state.generation }
            state.began = now
            state.generation += 1
            state.streams.removeAll(keepingCapacity: true)
            for index in state.values.indices { state.values[index].removeAll(keepingCapacity: true) }
            state.hasWarned = false
            return state.generation
        }
    }

    /// Counts a stream.
    /// - Parameter values: hashes of the labels' values; nil for those that are constant.
    /// - Returns: a bit for each label whose value is to be replaced.
    func admit(stream: UInt64, values: [UInt64?]) -> UInt64 {
        let (mask, warns) = state.withLock { state in
            if state.streams.contains(stream) { return (UInt64(0), false) }
            var mask: UInt64 = 0
            if state.streams.count >= maxStreams {
                for (index, value) in values.enumerated() where value != nil { mask |= 1 << UInt64(index) }
            } else {
                for (index, value) in values.enumerated() {
                    guard let value else { continue }
                    if state.values[index].count < maxValues || state.values[index].contains(value) {
                        state.values[index].insert(value)
                    } else {
                        mask |= 1 << UInt64(index)
                    }
                }
                if mask == 0 { state.streams.insert(stream) }
            }
            let warns = mask != 0 && !state.hasWarned
            if warns { state.hasWarned = true }
            return (mask, warns)
        }
        if warns {
            let culprits = names.indices.filter { mask & (1 << UInt64($0)) != 0 }.map { names[$0] }
            logger.warning(
                "labels make too many streams, their values are replaced by 'overflow'",
                metadata: [
                    "labels": "\(culprits.joined(separator: ","))", "max_streams": "\(maxStreams)",
                    "max_label_values": "\(maxValues)",
                ])
        }
        return mask
    }
}
