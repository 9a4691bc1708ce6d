/// What is known of a path: its role, or that it is noise, or that roles are found below it.
struct PathEntry {
    enum Kind: UInt8 {
        case role
        /// A constant of the shipper: no word of it is looked for.
        case noise
        /// `pid`, one half of what tells bunyan's `name` from a person's.
        case process
        /// Nothing by itself.
        case none
    }

    let kind: Kind
    let role: EventRole
    let form: FieldAliases.Form
    /// Place among the role's names; the lowest wins.
    let rank: UInt16
    /// As an object, its members are looked at as if they stood outside of it.
    var isWrapper = false
}

/// From a path to what is known of it: open addressing by `WordHash`, read-only once made.
///
/// - Shape: 2,048 slots of 2 bytes, and the names of about 150 paths.
struct PathTable {
    private var slots: [UInt16]
    private var entries: [(path: [UInt8], hash: UInt64, entry: PathEntry)] = []
    private static let mask = 2047

    init(_ aliases: FieldAliases) {
        slots = [UInt16](repeating: 0, count: PathTable.mask + 1)
        var ranks = [UInt16](repeating: 0, count: EventRole.allCases.count)
        // A configuration that names hundreds of fields keeps the first ones: the table stays sparse.
        for alias in aliases.aliases.prefix(900) {
            let role = Int(alias.role.rawValue)
            add(alias.name, .init(kind: .role, role: alias.role, form: alias.form, rank: ranks[role]))
            ranks[role] += 1
        }
        for path in NoiseFields.paths { add(path, .init(kind: .noise, role: .message, form: .plain, rank: 0)) }
        add("pid", .init(kind: .process, role: .message, form: .plain, rank: 0))
        for path in NoiseFields.wrappers {
            add(path, .init(kind: .none, role: .message, form: .plain, rank: 0))
            if let index = entries.firstIndex(where: { $0.path.elementsEqual(path.utf8) }) {
                entries[index].entry.isWrapper = true
            }
        }
    }

    /// What was added first counts.
    private mutating func add(_ path: String, _ entry: PathEntry) {
        let bytes = Array(path.utf8)
        let hash = WordHash.of(bytes.span)
        guard unsafe bytes.withUnsafeBufferPointer({ unsafe find($0.baseAddress!, count: $0.count, hash: hash) }) == nil
        else { return }
        entries.append((bytes, hash, entry))
        var slot = Int(truncatingIfNeeded: hash) & PathTable.mask
        while slots[slot] != 0 { slot = (slot + 1) & PathTable.mask }
        slots[slot] = UInt16(entries.count)
    }

    func find(_ path: UnsafePointer<UInt8>, count: Int, hash: UInt64) -> PathEntry? {
        var slot = Int(truncatingIfNeeded: hash) & PathTable.mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if entries[index].hash == hash, entries[index].path.count == count,
                unsafe entries[index].path.withUnsafeBufferPointer({ unsafe isEqual($0.baseAddress!, path, count) })
            {
                return entries[index].entry
            }
            slot = (slot + 1) & PathTable.mask
        }
        return nil
    }

    func find(_ path: String) -> PathEntry? {
        let bytes = Array(path.utf8)
        return unsafe bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return nil }
            return unsafe find(base, count: buffer.count, hash: WordHash.of(base, count: buffer.count))
        }
    }

    /// Whether full text may leave out the value at a path: noise, or a time.
    func mayHide(_ path: [UInt8]) -> Bool {
        let path = String(decoding: path, as: UTF8.self)
        if path.hasPrefix("\(NoiseFields.subtree)") { return true }
        var rest = path[...]
        while true {
            if let entry = find(String(rest)), entry.kind == .noise || (entry.kind == .role && entry.role == .time) {
                return true
            }
            // Below a wrapper a time has its name alone.
            guard let dot = rest.firstIndex(of: ".") else { return false }
            rest = rest[rest.index(after: dot)...]
        }
    }

    private func isEqual(_ one: UnsafePointer<UInt8>, _ other: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        for index in 0..<count where unsafe one[index] != other[index] { return false }
        return true
    }
}
