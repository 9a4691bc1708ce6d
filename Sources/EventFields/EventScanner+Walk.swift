import CShim

extension EventScanner {
    /// One text that is walked through: the event, or the line in its message.
    @unsafe
    struct Walk {
        let json: UnsafePointer<UInt8>
        let count: Int
        let isLine: Bool
        let pathBase: Int
        let levelBase: Int
    }

    /// Goes through one object; false when the text is none, or stops making sense.
    mutating func walkObject(_ walk: Walk, _ body: (EventValue) -> Void) -> Bool {
        let (json, count) = unsafe (walk.json, walk.count)
        var at = unsafe EventScanner.skipBlanks(json, 0, count)
        guard at < count, unsafe json[at] == 0x7b else { return false }
        at += 1
        var depth = unsafe walk.levelBase
        unsafe levels[depth] = unsafe Level(pathEnd: walk.pathBase, aliasStart: walk.pathBase, isArray: false)
        let deepest = unsafe walk.levelBase + EventScanner.maximumDepth
        while true {
            unsafe at = EventScanner.skipBlanks(json, at, count)
            guard at < count else { return false }
            var byte = unsafe json[at]
            if byte == 0x2c {
                at += 1
                continue
            }
            if byte == 0x7d || byte == 0x5d {
                at += 1
                if unsafe depth == walk.levelBase {
                    return unsafe EventScanner.skipBlanks(json, at, count) == count
                }
                depth -= 1
                continue
            }
            var pathEnd = unsafe levels[depth].pathEnd
            let aliasStart = unsafe levels[depth].aliasStart
            if unsafe !levels[depth].isArray {
                guard byte == 0x22, let after = unsafe takeKey(walk, at + 1, &pathEnd) else { return false }
                unsafe at = EventScanner.skipBlanks(json, after, count)
                guard at < count, unsafe json[at] == 0x3a else { return false }
                unsafe at = EventScanner.skipBlanks(json, at + 1, count)
                guard at < count else { return false }
                byte = unsafe json[at]
            }
            if byte == 0x7b || byte == 0x5b {
                guard depth < deepest else { return false }
                depth += 1
                let start = byte == 0x7b ? self.aliasStart(pathEnd, aliasStart) : aliasStart
                unsafe levels[depth] = Level(pathEnd: pathEnd, aliasStart: start, isArray: byte == 0x5b)
                at += 1
            } else {
                guard let after = unsafe takeValue(walk, at, pathEnd, aliasStart, body) else { return false }
                at = after
            }
        }
    }

    /// Puts the key whose inside begins at `at` behind the path; answers where the text goes on.
    private mutating func takeKey(_ walk: Walk, _ at: Int, _ pathEnd: inout Int) -> Int? {
        var escaped: Int32 = 0
        let length = unsafe nt_json_string_end(walk.json + at, walk.count - at, &escaped)
        guard unsafe at + length < walk.count else { return nil }
        if unsafe pathEnd > walk.pathBase {
            unsafe path[pathEnd] = 0x2e
            pathEnd += 1
        }
        if escaped != 0 {
            unsafe pathEnd += nt_json_unescape(path + pathEnd, walk.json + at, length)
        } else {
            unsafe (path + pathEnd).update(from: walk.json + at, count: length)
            pathEnd += length
        }
        return at + length + 1
    }

    /// One leaf; answers where the text goes on.
    private mutating func takeValue(
        _ walk: Walk, _ start: Int, _ pathEnd: Int, _ aliasStart: Int, _ body: (EventValue) -> Void
    ) -> Int? {
        let (json, count) = unsafe (walk.json, walk.count)
        if unsafe json[start] == 0x22 {
            var escaped: Int32 = 0
            let length = unsafe nt_json_string_end(json + start + 1, count - start - 1, &escaped)
            guard start + 1 + length < count else { return nil }
            if escaped != 0 {
                let place = scratchCount
                unsafe scratchCount += nt_json_unescape(scratch + place, json + start + 1, length)
                let leaf = unsafe Leaf(
                    bytes: UnsafePointer(scratch + place), count: scratchCount - place, kind: .string, scratch: place)
                unsafe take(leaf, walk, pathEnd, aliasStart, body)
            } else {
                let leaf = unsafe Leaf(bytes: json + start + 1, count: length, kind: .string, scratch: nil)
                unsafe take(leaf, walk, pathEnd, aliasStart, body)
            }
            return start + length + 2
        }
        var end = start
        while end < count, unsafe !EventScanner.endsWord(json[end]) { end += 1 }
        guard end > start else { return nil }
        let first = unsafe json[start]
        // `null` says nothing.
        if first != 0x6e {
            let kind: EventValue.Kind = first == 0x74 || first == 0x66 ? .boolean : .number
            let leaf = unsafe Leaf(bytes: json + start, count: end - start, kind: kind, scratch: nil)
            unsafe take(leaf, walk, pathEnd, aliasStart, body)
        }
        return end
    }

    /// Below a wrapper roles are looked up by what follows its name.
    private func aliasStart(_ pathEnd: Int, _ aliasStart: Int) -> Int {
        let count = pathEnd - aliasStart
        guard count > 0 else { return aliasStart }
        let name = unsafe path + aliasStart
        let entry = unsafe table.find(name, count: count, hash: WordHash.of(name, count: count))
        return entry?.isWrapper == true ? pathEnd + 1 : aliasStart
    }

    private static func skipBlanks(_ json: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        var at = start
        while at < count, unsafe json[at] == 0x20 || (json[at] <= 0x0d && json[at] >= 0x09) { at += 1 }
        return at
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x2c || byte == 0x5d || byte == 0x7d || byte == 0x22 || byte == 0x3a || byte == 0x7b
            || byte == 0x5b
    }
}
