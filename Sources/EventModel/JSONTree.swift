import ByteTools

/// A JSON value taken apart, for the slow paths: merging a line into its event, formatting, pretty printing.
///
/// - Shape: numbers, words and strings keep their text (`1.0` stays `1.0`, `\u00e9` stays as it is), and objects keep the
///   order of their members. Nothing on the hot path makes one.
package indirect enum JSONTree: Sendable, Equatable {
    /// A number, `true`, `false`, `null`, or a string with its quotes: as it stood in the text.
    case scalar([UInt8])
    case array([JSONTree])
    case object(JSONObject)

    /// A string value of this text.
    package static func string(_ text: some Collection<UInt8>) -> JSONTree {
        .scalar(JSONEscape.quoted(bytes: Array(text)))
    }

    /// What a string value says, its escapes resolved; nil for anything else.
    package var text: [UInt8]? {
        guard case .scalar(let raw) = self, raw.count >= 2, raw[0] == 0x22 else { return nil }
        return JSONText.unescaped(raw[1..<(raw.count - 1)])
    }

    package var object: JSONObject? {
        if case .object(let object) = self { return object }
        return nil
    }

    package var isNull: Bool { self == .scalar(Array("null".utf8)) }
}

/// The members of a JSON object in their order, each name once.
package struct JSONObject: Sendable, Equatable {
    package struct Member: Sendable, Equatable {
        /// The name with its escapes resolved: what members are compared by.
        package let name: [UInt8]
        package var value: JSONTree

        package init(name: [UInt8], value: JSONTree) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member]

    /// Where a name comes twice the last value counts, as in Go's decoder.
    package init(_ members: [Member] = []) {
        self.members = []
        self.members.reserveCapacity(members.count)
        var places: [[UInt8]: Int] = [:]
        for member in members {
            if let at = places[member.name] {
                self.members[at].value = member.value
            } else {
                places[member.name] = self.members.count
                self.members.append(member)
            }
        }
    }

    package func index(of name: some Collection<UInt8>) -> Int? {
        members.firstIndex { $0.name.elementsEqual(name) }
    }

    /// The value of this name. A new name goes to the end; nil takes the member out.
    package subscript(name: some Collection<UInt8>) -> JSONTree? {
        get { index(of: name).map { members[$0].value } }
        set {
            if let at = index(of: name) {
                if let newValue { members[at].value = newValue } else { members.remove(at: at) }
            } else if let newValue {
                members.append(Member(name: Array(name), value: newValue))
            }
        }
    }

    package subscript(name: String) -> JSONTree? {
        get { self[name.utf8] }
        set { self[name.utf8] = newValue }
    }

    /// The value at `a.b.c`: each part a member of the one before. A member with the whole dotted name is found too.
    package subscript(path path: [[UInt8]]) -> JSONTree? {
        if let whole = self[Array(path.joined(separator: [0x2e]))] { return whole }
        guard let first = path.first, let below = self[first]?.object, path.count > 1 else { return nil }
        return below[path: Array(path.dropFirst())]
    }

    /// Puts a value at `a.b.c`, making objects on the way; what was no object is replaced.
    package mutating func put(_ value: JSONTree, path: [[UInt8]]) {
        guard let first = path.first else { return }
        guard path.count > 1 else {
            self[first] = value
            return
        }
        var below = self[first]?.object ?? JSONObject()
        below.put(value, path: Array(path.dropFirst()))
        self[first] = .object(below)
    }

    /// Takes out the value at `a.b.c`, or the member with the whole dotted name.
    package mutating func remove(path: [[UInt8]]) {
        let whole = Array(path.joined(separator: [0x2e]))
        guard self[whole] == nil, path.count > 1, var below = self[path[0]]?.object else {
            self[whole] = nil
            return
        }
        below.remove(path: Array(path.dropFirst()))
        self[path[0]] = .object(below)
    }

    /// Takes over the members of `other`, deep: objects are merged, and where both have another value, `overwrite` says
    /// whether that of `other` wins.
    package mutating func merge(_ other: JSONObject, overwrite: Bool) {
        let known = members.count
        for member in other.members {
            guard let at = members[..<known].firstIndex(where: { $0.name == member.name }) else {
                members.append(member)
                continue
            }
            if case .object(var own) = members[at].value, case .object(let theirs) = member.value {
                own.merge(theirs, overwrite: overwrite)
                members[at].value = .object(own)
            } else if overwrite {
                members[at].value = member.value
            }
        }
    }
}
