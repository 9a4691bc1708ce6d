import ByteTools
import EventModel
import Parsing
import TestSupport

extension FuzzTarget {
    /// A line with `normalize: ecs` becomes an event that is one JSON object without a name twice, the same whether it was
    /// taken apart or not, and whatever stands behind the line.
    static let normalize = FuzzTarget(name: "normalize") { bytes in
        var input = FuzzInput(bytes)
        let settings = try NormalizeSettings(&input)
        let line = input.rest
        let event = settings.event(line)
        guard let names = ReferenceJSON.names(event) else { throw FuzzFinding("the event is no JSON object", event) }
        let plain = names.map { JSONText.unescaped($0[...]) }
        guard Set(plain).count == plain.count else { throw FuzzFinding("a name is there twice", event) }
        // What is no object is text.
        guard ReferenceJSON.names(line, maximumDepth: 128) != nil else { return }
        let slow = settings.merged(line)
        guard JSONTree(event) == JSONTree(slow) else {
            throw FuzzFinding("the slow way says \(String(decoding: slow, as: UTF8.self)), the fast one", event)
        }
    }
}

/// An input as the first two bytes have it.
private struct NormalizeSettings {
    private let template: EventTemplate
    /// The same for an event without a line.
    private let bare: EventTemplate
    private let parser: NdjsonParser

    init(_ input: inout FuzzInput) throws {
        let (flags, more) = (input.byte(), input.byte())
        let fields = [
            "", #"{"service":{"name":"own"}}"#, #"{"log":{"level":"own"},"error":"x"}"#, #"{"trace":{"x":1}}"#,
        ]
        var shape = try EventShape(
            agent: .init(id: "i", ephemeralID: "e", name: "n", version: "1"), hostName: flags & 1 != 0 ? "h" : nil,
            tags: flags & 2 != 0 ? ["one"] : [], fieldsJSON: fields[Int(flags >> 2 & 3)], fieldsUnderRoot: true)
        shape.includesMetadata = flags & 16 == 0
        shape.includesEventID = flags & 32 != 0
        var settings = NdjsonSettings()
        settings.normalize = .ecs
        let file = EventShape.File(path: Array("/var/log/app.log".utf8), idKey: "k-1")
        shape.parser = NdjsonParser(settings, keys: shape.keys)
        bare = shape.template(for: file)
        settings.overwriteKeys = more & 1 != 0
        settings.expandKeys = more & 2 != 0
        settings.addErrorKey = more & 4 != 0
        settings.acceptsText = more & 8 != 0
        settings.messageKey = ["", "message", "msg", "a.b"][Int(more >> 4 & 3)]
        settings.documentID = more & 64 != 0 ? "request_id" : ""
        parser = NdjsonParser(settings, keys: shape.keys)
        shape.parser = parser
        template = shape.template(for: file)
    }

    func event(_ line: [UInt8]) -> [UInt8] { Self.event(line, template) }

    func merged(_ line: [UInt8]) -> [UInt8] {
        let event = Self.event(Array("{}".utf8), bare)
        return unsafe line.withUnsafeBufferPointer { unsafe parser.merge($0, into: event) }
    }

    private static func event(_ line: [UInt8], _ template: EventTemplate) -> [UInt8] {
        var factory = BatchFactory(template: template)
        var encoder = EventEncoder(factory.batch([line]))
        let capacity = 16 * line.count + 8192
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var cursor = unsafe ByteCursor(UnsafeMutableRawBufferPointer(buffer))
            _ = encoder.encode(0, to: &cursor)
            count = capacity - cursor.room
        }
    }
}
