import EventFields
import RecordTools

/// Which fields describe the resource that an event comes from.
struct ResourceNames {
    /// Hashes of whole names.
    private let names: [UInt64]
    /// Beginnings of names, each with its last dot.
    private let prefixes: [[UInt8]]

    /// - Parameter names: `service.version`, or `k8s.*`.
    init(_ names: [String]) {
        self.names = names.filter { !$0.hasSuffix(".*") }.map { name in WordHash.of(Array(name.utf8).span) }
        prefixes = names.filter { $0.hasSuffix(".*") }.map { Array($0.utf8.dropLast()) }
    }

    /// Filebeat puts configured fields below this name.
    private static let wrapper = Array("fields.".utf8)

    /// The name of a leaf as the resource has it, without the wrapper around configured fields.
    @unsafe
    func name(_ path: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard path.count > 7, unsafe path.starts(with: ResourceNames.wrapper) else { return unsafe path }
        return unsafe UnsafeBufferPointer(rebasing: path[7...])
    }

    func contains(_ leaf: EventReader.Leaf, _ reader: EventReader) -> Bool {
        guard !leaf.isInLine else { return false }
        let path = unsafe reader.path(leaf)
        let name = unsafe name(path)
        let hash = unsafe name.count == path.count ? leaf.hash : WordHash.of(Span(_unsafeElements: name))
        if names.contains(hash) { return true }
        for prefix in prefixes where unsafe name.count > prefix.count && name.starts(with: prefix) { return true }
        return false
    }
}
