import CShim
import Collector
import EventModel
import LogStore
import LumberjackCodec

extension FuzzTarget {
    /// A client's stream gives the same events and the same error in one piece and in many, the events that the plain
    /// decoder finds in it, and takes no more memory than what is unfinished.
    static let lumberjackServer = FuzzTarget(name: "lumberjack-server") { bytes in
        var input = FuzzInput(bytes)
        let step = Int(input.byte()) + 1
        let limit = Int(input.byte()) * 8
        let stream = input.rest
        let whole = try ReaderBook.read([stream], limit)
        let pieces = stride(from: 0, to: stream.count, by: step).map {
            Array(stream[$0..<min($0 + step, stream.count)])
        }
        let inPieces = try ReaderBook.read(pieces, limit)
        if whole.error == .compressed {
            // zlib notices sooner what is wrong the more it is given.
            guard inPieces.error != nil, inPieces.events.starts(with: whole.events) else {
                throw FuzzFinding("in one piece \(whole), in pieces \(inPieces)")
            }
            return
        }
        guard whole == inPieces else { throw FuzzFinding("in one piece \(whole), in pieces \(inPieces)") }
        guard whole.error == nil, !whole.isBusy, whole.byteCount < 1 << 19 else { return }
        let plain = FrameBook.read([stream])
        guard plain.error == nil, plain.events == whole.events, plain.windows.reduce(0, +) == whole.events.count else {
            throw FuzzFinding("read \(whole), decoded \(plain)")
        }
        guard whole.batches > 1 || whole.acknowledgements.count == plain.windows.count else {
            throw FuzzFinding("acknowledged \(whole.acknowledgements) of windows \(plain.windows)")
        }
    }

    /// A bulk request has the items that a plain reading of its lines has, and every source reaches the store as one JSON
    /// object of one line: itself, or one whose message it is.
    static let bulk = FuzzTarget(name: "bulk") { bytes in
        var input = FuzzInput(bytes)
        let flags = input.byte()
        let limit = flags & 1 != 0 ? 32 : 1 << 20
        let index = flags & 2 != 0 ? "logs" : nil
        let plain = BulkReference.items(of: input.rest)
        var request: BulkRequest
        do throws(RequestFailure) {
            request = try BulkRequest(input.rest, index: index, eventLimit: limit)
        } catch {
            guard plain == nil, !error.reason.isEmpty else { throw FuzzFinding("refused: \(error)", input.rest) }
            return
        }
        guard let plain else { throw FuzzFinding("nonsense was accepted", input.rest) }
        guard plain.count == request.items.count else { throw FuzzFinding("\(request.items.count) items", input.rest) }
        var batch = request.takeBatch()
        let sources = batch.copies
        var next = 0
        for (item, wanted) in zip(request.items, plain) {
            guard item.operation.rawValue == wanted.operation, wanted.isDoubtful || item.id == wanted.id else {
                throw FuzzFinding("\(item) instead of \(wanted)", input.rest)
            }
            guard case .event(let number) = item.outcome else { continue }
            guard number == next, sources[number] == wanted.source, sources[number].count <= limit else {
                throw FuzzFinding("\(item) has another source", input.rest)
            }
            next += 1
        }
        guard next == sources.count else { throw FuzzFinding("events without an item", input.rest) }
        try checkStorable(&batch, sources)
    }

    /// What goes to the store is one JSON object on one line for each source: itself, or one whose message it is.
    static func checkStorable(_ batch: inout EventBatch, _ sources: [[UInt8]]) throws {
        let (events, wrapped) = batch.finish(received: 0)
        guard events.ends.count == sources.count else { throw FuzzFinding("\(events.ends.count) events") }
        var wrappedHere = 0
        for (source, range) in zip(sources, zip([0] + events.ends, events.ends)) {
            let event = Array(events.bytes[range.0..<range.1])
            guard !event.contains(0x0a), !event.contains(0x0d), ReferenceJSON.names(event) != nil else {
                throw FuzzFinding("this is not to be stored", event)
            }
            if ReferenceJSON.names(source, maximumDepth: Int(NT_JSON_DEPTH)) != nil {
                let line = source.map { $0 == 0x0a || $0 == 0x0d ? 0x20 : $0 }
                guard event == line else { throw FuzzFinding("a valid event became another", event) }
            } else {
                wrappedHere += 1
                guard JSONTree(event)?.object?["message"]?.text == VisibleText.of(source) else {
                    throw FuzzFinding("the message is not what came", event)
                }
            }
        }
        guard wrapped == wrappedHere else { throw FuzzFinding("\(wrapped) wrapped instead of \(wrappedHere)") }
    }
}

extension EventBatch {
    /// Each event's bytes.
    var copies: [[UInt8]] { zip([0] + ends, ends).map { Array(bytes[$0..<$1]) } }
}

/// What the collector's reader makes of a stream.
private struct ReaderBook: Equatable {
    private(set) var events: [[UInt8]] = []
    private(set) var acknowledgements: [UInt32] = []
    private(set) var batches = 0
    private(set) var isBusy = false
    private(set) var error: LumberjackError.Code?

    var byteCount: Int { events.reduce(0) { $0 + $1.count + 10 } }

    static func read(_ pieces: [[UInt8]], _ limit: Int) throws -> ReaderBook {
        var book = ReaderBook()
        var reader = LumberjackReader(eventLimit: limit)
        var batch = LumberjackBatch()
        var given = 0
        do throws(LumberjackError) {
            for piece in pieces {
                given += piece.count
                unsafe piece.withUnsafeBytes { unsafe reader.append($0) }
                while try reader.read(into: &batch) == .full { book.take(&batch) }
            }
        } catch {
            book.error = error.code
        }
        book.isBusy = reader.isBusy
        guard reader.heldBytes <= given + limit + 10 + (64 << 10),
            batch.events.byteCount <= LumberjackBatch.fullBytes + limit
        else { throw FuzzFinding("\(reader.heldBytes) bytes are held, and \(batch.events.byteCount)") }
        book.take(&batch)
        return book
    }

    private mutating func take(_ batch: inout LumberjackBatch) {
        batches += 1
        events += batch.events.copies
        acknowledgements += batch.acknowledgements
        batch = LumberjackBatch()
    }
}

/// The actions of a bulk request, read line by line the plain way.
private struct BulkReference {
    let operation: String
    let id: String?
    let source: [UInt8]?
    /// A name is there twice, and readers may differ on which counts.
    let isDoubtful: Bool

    /// nil for what is to be refused as a whole.
    static func items(of body: [UInt8]) -> [BulkReference]? {
        var lines = body.split(separator: 0x0a, omittingEmptySubsequences: false).map {
            $0.last == 0x0d ? $0.dropLast() : $0
        }
        // Behind the last line feed nothing begins.
        if lines.last?.isEmpty == true, body.last == 0x0a || body.isEmpty { lines.removeLast() }
        var items: [BulkReference] = []
        var rest = lines[...]
        while let line = rest.popFirst() {
            if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
            guard let (operation, id, isDoubtful) = action(Array(line)) else { return nil }
            guard operation != "delete" else {
                items.append(BulkReference(operation: operation, id: id, source: nil, isDoubtful: isDoubtful))
                continue
            }
            guard let source = rest.popFirst() else { return nil }
            items.append(BulkReference(operation: operation, id: id, source: Array(source), isDoubtful: isDoubtful))
        }
        return items.isEmpty ? nil : items
    }

    private static func action(_ line: [UInt8]) -> (operation: String, id: String?, isDoubtful: Bool)? {
        guard ReferenceJSON.names(line, maximumDepth: Int(NT_JSON_DEPTH))?.count == 1,
            let member = JSONTree(line)?.object?.members.first, let inner = member.value.object,
            ["create", "index", "update", "delete"].contains(String(decoding: member.name, as: UTF8.self))
        else { return nil }
        var id = inner["_id"]?.text
        if case .scalar(let raw)? = inner["_id"], raw[0] == 0x2d || (0x30...0x39).contains(raw[0]) { id = raw }
        let names = ReferenceJSON.names(line, level: 2)?.map { JSONText.unescaped($0[...]) } ?? []
        return (
            String(decoding: member.name, as: UTF8.self),
            id.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) },
            Set(names).count != names.count
        )
    }
}
