extension EventScanner {
    /// One value as it was found.
    @unsafe
    struct Leaf {
        let bytes: UnsafePointer<UInt8>
        let count: Int
        let kind: EventValue.Kind
        /// Where it is in `scratch`, if it is.
        let scratch: Int?

        var span: Span<UInt8> {
            @_lifetime(borrow self)
            get { unsafe _overrideLifetime(Span(_unsafeStart: bytes, count: count), borrowing: self) }
        }
    }

    /// Takes note of a leaf's role, shows the value, and goes into the line that a message holds.
    mutating func take(
        _ leaf: Leaf, _ walk: Walk, _ pathEnd: Int, _ aliasStart: Int, _ body: (EventValue) -> Void
    ) {
        let pathBase = unsafe walk.pathBase
        let pathHash = unsafe WordHash.of(path + pathBase, count: pathEnd - pathBase)
        let aliasHash =
            unsafe aliasStart == pathBase
            ? pathHash : WordHash.of(path + aliasStart, count: max(0, pathEnd - aliasStart))
        var isNoise = false
        var role: EventRole?
        if let entry = unsafe table.find(path + aliasStart, count: max(0, pathEnd - aliasStart), hash: aliasHash) {
            switch entry.kind {
            case .noise: unsafe isNoise = !walk.isLine
            case .process: marks.hasProcess = true
            case .none: break
            case .role:
                if unsafe entry.role == .message && leaf.kind == .string && !walk.isLine && leaf.startsObject,
                    unsafe takeLine(leaf, entry, pathEnd, body)
                {
                    return
                }
                role = entry.role
                unsafe isNoise = takeRole(leaf, walk, entry)
            }
        }
        if unsafe !isNoise && !walk.isLine && path[pathBase] == 0x40 { isNoise = isInNoiseSubtree(pathEnd) }
        unsafe body(
            EventValue(
                path: Span(_unsafeStart: UnsafePointer(path + pathBase), count: pathEnd - pathBase), pathHash: pathHash,
                text: leaf.span, kind: leaf.kind, role: role, isNoise: isNoise, isInLine: walk.isLine))
    }

    private func isInNoiseSubtree(_ pathEnd: Int) -> Bool {
        let prefix = NoiseFields.subtree
        guard pathEnd >= prefix.utf8CodeUnitCount else { return false }
        for index in 0..<prefix.utf8CodeUnitCount {
            if unsafe path[index] != prefix.utf8Start[index] { return false }
        }
        return true
    }

    /// Goes into a message that holds an object; true when it was one to its end. Its members then stand for it.
    private mutating func takeLine(
        _ leaf: Leaf, _ entry: PathEntry, _ pathEnd: Int, _ body: (EventValue) -> Void
    ) -> Bool {
        let outerMarks = marks
        marks = LineMarks()
        let line = unsafe Walk(
            json: leaf.bytes, count: leaf.count, isLine: true, pathBase: pathEnd,
            levelBase: EventScanner.maximumDepth + 1)
        let isWhole = unsafe walkObject(line, body)
        finishMarks(isLine: true)
        marks = outerMarks
        // What is shown of a line that has no message of its own.
        guard isWhole else { return false }
        facts.linePlace = unsafe keep(leaf)
        let kept = unsafe Leaf(
            bytes: leaf.bytes, count: leaf.count, kind: leaf.kind, scratch: Int(facts.linePlace.start))
        unsafe give(.message, kept, rank: 0x3000 + entry.rank)
        return true
    }

    /// Whether the value is noise: a time that is read as one.
    private mutating func takeRole(_ leaf: Leaf, _ walk: Walk, _ entry: PathEntry) -> Bool {
        let shipperKnows = entry.role == .host || entry.role == .file || entry.role == .eventID
        let rank = unsafe entry.rank + (walk.isLine == shipperKnows ? 0x1000 : 0)
        switch entry.role {
        case .time:
            guard let time = unsafe EventTime.nanoseconds(of: leaf.span) else { return false }
            if entry.form == .compactTime { marks.isCompact = true }
            if rank <= ranks[Int(EventRole.time.rawValue)] {
                ranks[Int(EventRole.time.rawValue)] = rank
                facts.time = time
            }
            return true
        case .level:
            let severity = unsafe EventScanner.severity(leaf, entry.form)
            if severity != .unknown, rank <= ranks[Int(EventRole.level.rawValue)] {
                ranks[Int(EventRole.level.rawValue)] = rank
                facts.severity = severity
            }
        case .trace where entry.form == .traceparent: unsafe takeTraceparent(leaf, rank)
        case .host:
            marks.hasHost = true
            unsafe give(.host, leaf, rank: rank)
        case .file where entry.form == .logFile && entry.rank > 0:
            if unsafe leaf.isLogFile { unsafe give(.file, leaf, rank: rank) }
        case .service where entry.form == .besideProcess: unsafe takeName(leaf, rank)
        case .message where unsafe leaf.kind != .string: break
        default: unsafe give(entry.role, leaf, rank: rank)
        }
        return false
    }

    private static func severity(_ leaf: Leaf, _ form: FieldAliases.Form) -> Severity {
        guard form == .openTelemetryNumber || form == .syslogNumber, let number = unsafe Severity.number(in: leaf.span)
        else { return unsafe Severity(name: leaf.span) }
        return form == .syslogNumber ? Severity(syslog: number) : Severity(openTelemetry: number)
    }

    /// Keeps a value for its role, if it says something and no better one is there.
    private mutating func give(_ role: EventRole, _ leaf: Leaf, rank: UInt16) {
        guard unsafe leaf.count > 0, rank <= ranks[Int(role.rawValue)] else { return }
        ranks[Int(role.rawValue)] = rank
        if role == .message { facts.isMessageWholeLine = rank >= 0x3000 }
        unsafe facts.places[Int(role.rawValue)] = keep(leaf)
    }

    private mutating func keep(_ leaf: Leaf) -> TextPlace {
        let start: Int
        if let place = unsafe leaf.scratch {
            start = place
        } else {
            start = scratchCount
            unsafe (scratch + start).update(from: leaf.bytes, count: leaf.count)
            unsafe scratchCount += leaf.count
        }
        return unsafe TextPlace(start: UInt32(start), count: UInt32(leaf.count))
    }

    /// `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; https://www.w3.org/TR/trace-context/#traceparent-header
    private mutating func takeTraceparent(_ leaf: Leaf, _ rank: UInt16) {
        guard unsafe leaf.count >= 55, unsafe leaf.bytes[2] == 0x2d && leaf.bytes[35] == 0x2d && leaf.bytes[52] == 0x2d
        else { return }
        let whole = unsafe keep(leaf)
        let places = [(EventRole.trace, 3, 32), (.span, 36, 16)] as InlineArray<2, (EventRole, Int, Int)>
        for index in places.indices {
            let (role, offset, count) = places[index]
            // After the names that are for the role alone.
            guard rank + 0x100 <= ranks[Int(role.rawValue)] else { continue }
            ranks[Int(role.rawValue)] = rank + 0x100
            facts.places[Int(role.rawValue)] = TextPlace(start: whole.start + UInt32(offset), count: UInt32(count))
        }
    }

    private mutating func takeName(_ leaf: Leaf, _ rank: UInt16) {
        guard unsafe leaf.count > 0 && leaf.kind == .string else { return }
        unsafe marks.name = keep(leaf)
        marks.nameRank = rank
    }

    /// What could not be said before the whole object was seen.
    mutating func finishMarks(isLine: Bool) {
        let service = Int(EventRole.service.rawValue)
        if marks.name.count > 0, marks.hasProcess, marks.hasHost, marks.nameRank <= ranks[service] {
            ranks[service] = marks.nameRank
            facts.places[service] = marks.name
        }
        let level = Int(EventRole.level.rawValue)
        if marks.isCompact, ranks[level] >= (isLine ? 0x1000 : .max) {
            ranks[level] = isLine ? 0xfff : 0x1fff
            facts.severity = .info
        }
    }
}

extension EventScanner.Leaf {
    /// Whether the first byte behind blanks is an opening brace.
    var startsObject: Bool {
        var at = 0
        while unsafe at < count && (bytes[at] == 0x20 || bytes[at] == 0x0a || bytes[at] == 0x09) { at += 1 }
        return unsafe at < count && bytes[at] == 0x7b
    }

    /// `main.go:17` is a place in source code.
    var isLogFile: Bool {
        var at = unsafe count
        while at > 0, unsafe bytes[at - 1] &- 0x30 < 10 { at -= 1 }
        return unsafe at == count || at == 0 || bytes[at - 1] != 0x3a
    }
}
