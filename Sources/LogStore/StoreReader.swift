import Synchronization

/// Reads a store, in the process that writes it or in another, while it is written.
///
/// - Shape: keeps connections to the segments between snapshots; any number of snapshots at a time.
/// - Errors: `.notFound`, `.notReadable`, `.newerVersion`.
package final class StoreReader: Sendable {
    private let files: StoreFiles
    /// Connections that no snapshot uses at the moment.
    private let idle = Mutex<[SegmentName: [SegmentReader]]>([:])

    /// Idle connections that are kept to one segment.
    private static let idleConnections = 4

    package init(directory: String) throws(StoreError) {
        files = StoreFiles(directory: directory)
        guard files.names() != nil else {
            throw StoreError(
                .notFound, "there is no store here, or it may not be read; name the collector's directory",
                path: directory)
        }
    }

    /// The store as it is now. What is stored, sealed or deleted later does not change it.
    package func snapshot() throws(StoreError) -> StoreSnapshot {
        guard let names = files.segments() else {
            throw StoreError(.notReadable, "the store's directory cannot be read", path: files.directory)
        }
        forget(allBut: names)
        var segments: [SegmentReader] = []
        var problems: [StoreError] = []
        for name in names.reversed() {
            do {
                guard let segment = try open(name) else { continue }
                segments.append(segment)
            } catch {
                problems.append(explain(error, name))
            }
        }
        return StoreSnapshot(segments, problems: problems, reader: self)
    }

    /// nil for a segment that was deleted in the meantime.
    private func open(_ name: SegmentName) throws -> SegmentReader? {
        let path = files.path(name)
        while let kept = idle.withLock({ $0[name]?.popLast() }) {
            if kept.isCurrent, (try? kept.begin()) != nil { return kept }
        }
        guard StoreFiles.status(path) != nil else { return nil }
        let segment = try SegmentReader(name, path: path)
        try segment.begin()
        return segment
    }

    /// A snapshot has no use for it any more.
    func giveBack(_ segment: SegmentReader) {
        guard segment.end() else { return }
        idle.withLock { idle in
            if idle[segment.name, default: []].count < StoreReader.idleConnections {
                idle[segment.name, default: []].append(segment)
            }
        }
    }

    private func forget(allBut names: [SegmentName]) {
        let dropped = idle.withLock { idle in
            let dropped = idle.filter { !names.contains($0.key) }
            for name in dropped.keys { idle[name] = nil }
            return dropped
        }
        _ = consume dropped
    }

    private func explain(_ error: any Error, _ name: SegmentName) -> StoreError {
        switch SegmentFailure(error) {
        case .damage(let reason):
            StoreError(.damaged, "a segment is damaged and left out", path: files.path(name), cause: reason)
        case .newer(let version):
            StoreError(
                .newerVersion, "a later release has written this segment", path: files.path(name), cause: version)
        case .trouble(let cause):
            StoreError(
                .notReadable, "a segment cannot be read; run this as root or as the collector's user",
                path: files.path(name), cause: cause)
        }
    }
}
