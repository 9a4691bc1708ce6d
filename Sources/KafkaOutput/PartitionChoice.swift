import Synchronization

/// The number that an event without a key finds its partition by: the partition is its rest by their count.
///
/// A new partition would break the order of a file, so by default all of a file go to one. (Filebeat's default takes
/// any for each event.) With a key it is Java's murmur2, by which consumers of several topics find each other;
/// Filebeat hashes with FNV-1a, so its partitions of the same key are others.
struct PartitionChoice: Sendable {
    let kind: KafkaSettings.Partition
    private let group: Int
    private let counter: Counter

    private final class Counter: Sendable {
        let next = Atomic<Int>(Int(UInt32.random(in: 0...UInt32.max)))
    }

    init(_ settings: KafkaSettings) {
        kind = settings.partition ?? (settings.key == nil ? .file : .hash)
        group = max(1, settings.groupEvents)
        counter = Counter()
    }

    /// - Parameter file: the hash of the file's id.
    func choice(file: UInt32) -> UInt32 {
        switch kind {
        case .file: file
        case .roundRobin: UInt32(truncatingIfNeeded: next / group)
        case .random, .hash: PartitionChoice.mixed(UInt64(truncatingIfNeeded: next / group))
        }
    }

    private var next: Int { counter.next.add(1, ordering: .relaxed).oldValue & Int.max }

    /// FNV-1a of the file's id, mixed: like names must not meet in one partition.
    static func hash(_ id: String) -> UInt32 {
        mixed(id.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 })
    }

    /// The finalizer of SplitMix64.
    private static func mixed(_ value: UInt64) -> UInt32 {
        var bits = value &+ 0x9e37_79b9_7f4a_7c15
        bits = (bits ^ (bits >> 30)) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ (bits >> 27)) &* 0x94d0_49bb_1331_11eb
        return UInt32(truncatingIfNeeded: bits >> 32)
    }
}
