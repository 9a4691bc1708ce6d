import ByteTools
import EventModel
import Parsing
import Publishing
import TestSupport

extension FuzzTarget {
    /// A line becomes an event that is one JSON object without a name twice, however small the buffer is at first.
    static let jsonEvent = FuzzTarget(name: "json-event") { bytes in
        var input = FuzzInput(bytes)
        let (shape, isParsed) = try EventShape.drawn(from: &input)
        let room = Int(input.byte()) * 4
        let line = input.rest
        let template = shape.template(for: .init(path: Array("/var/log/app.log".utf8), idKey: "k-1"))
        let event = try encode(line, template, firstRoom: room)
        guard let names = ReferenceJSON.names(event) else { throw FuzzFinding("the event is no JSON object", event) }
        let plain = names.map { JSONText.unescaped($0[...]) }
        guard Set(plain).count == plain.count else { throw FuzzFinding("a name is there twice", event) }
        guard !isParsed else { return }
        guard JSONTree(event)?.object?["message"]?.text == VisibleText.of(line) else {
            throw FuzzFinding("the message is not the line", event)
        }
    }

    /// A format is refused, or renders any event.
    static let eventFormat = FuzzTarget(name: "event-format") { bytes in
        var input = FuzzInput(bytes)
        let format = String(decoding: input.part(), as: UTF8.self)
        let event = input.rest
        guard let renderer = try? FormatRenderer(format: format) else { return }
        for event in [event, Array(#"{"@timestamp":"2026-01-22T16:34:53.963Z","a":{"b":[1,"x"]},"message":"m"}"#.utf8)]
        {
            _ = unsafe event.withUnsafeBufferPointer { unsafe renderer.render(event: event, line: $0) }
        }
    }

    /// A time that is understood is the same when it is written and read again.
    static let timeText = FuzzTarget(name: "time-text") { bytes in
        guard let time = TimeText.milliseconds(of: bytes) else { return }
        // What can be written with four digits for the year.
        guard (-62_167_219_200_000...253_402_300_799_999).contains(time) else { return }
        let text = Array(TimeText(milliseconds: time).text.utf8)
        guard TimeText.milliseconds(of: text) == time else { throw FuzzFinding("another time", text) }
    }

    private static func encode(_ line: [UInt8], _ template: EventTemplate, firstRoom: Int) throws -> [UInt8] {
        var factory = BatchFactory(template: template)
        let batch = factory.batch([line])
        var encoder = EventEncoder(batch)
        var capacity = firstRoom + 1
        while capacity < 1 << 26 {
            var isEncoded = false
            let event = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
                isEncoded = encoder.encode(0, to: &cursor)
                count = capacity - cursor.room
            }
            if isEncoded { return event }
            if !event.isEmpty { throw FuzzFinding("something was written although there was no room", event) }
            capacity *= 8
        }
        throw FuzzFinding("no room is enough for a line of \(line.count) bytes", line)
    }
}

extension EventShape {
    /// An input's settings as the first bytes have it, and whether it parses its lines.
    fileprivate static func drawn(from input: inout FuzzInput) throws -> (EventShape, isParsed: Bool) {
        let flags = input.byte()
        let tags = flags & 1 != 0 ? ["one"] : []
        var shape = try EventShape(
            agent: .init(id: "i", ephemeralID: "e", name: "n", version: "1"), hostName: flags & 2 != 0 ? "h" : nil,
            tags: tags, fieldsJSON: flags & 4 != 0 ? #"{"env":"a","log":{"x":1}}"# : "",
            fieldsUnderRoot: flags & 8 != 0, codec: .json(pretty: flags & 16 != 0))
        shape.includesMetadata = flags & 32 == 0
        shape.includesEventID = flags & 64 != 0
        guard flags & 128 != 0 else { return (shape, false) }
        let more = input.byte()
        var settings = NdjsonSettings()
        settings.overwriteKeys = more & 1 != 0
        settings.expandKeys = more & 2 != 0
        settings.addErrorKey = more & 4 != 0
        settings.documentID = more & 8 != 0 ? "id.x" : ""
        settings.messageKey = ["", "message", "msg", "a.b"][Int(more >> 4 & 3)]
        settings.target = ["", "json", "log", "a.b"][Int(more >> 6)]
        shape.target = settings.target
        shape.parser = NdjsonParser(settings, keys: shape.keys)
        return (shape, true)
    }
}
