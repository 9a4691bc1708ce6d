import ByteTools
import EventModel
import TestSupport
import Testing

@testable import ElasticSetup

/// What Needletail writes has a place in the template: nothing is left to guessing.
struct EncodedEventTests {
    private let template = SetupDocument.indexTemplate.object

    /// Paths of all values in an event that are no objects.
    private func leaves(_ object: JSONObject, _ prefix: String = "") -> [String] {
        object.members.flatMap { member in
            let name = prefix + String(decoding: member.name, as: UTF8.self)
            return member.value.object.map { leaves($0, name + ".") } ?? [name]
        }
    }

    private func event(_ line: [UInt8]) throws -> JSONObject {
        let agent = EventShape.Agent(id: "a", ephemeralID: "b", name: "web1", version: "1.0")
        var shape = try EventShape(agent: agent, hostName: "web1", tags: ["blue"])
        shape.includesMetadata = false
        shape.includesEventID = true
        let file = EventShape.File(
            path: Array("/var/log/app.log".utf8), deviceID: "64768", inode: "13643776",
            fingerprint: String(repeating: "0", count: 64), idKey: "key")
        var factory = BatchFactory(template: shape.template(for: file))
        let batch = factory.batch([line])
        var encoder = EventEncoder(batch)
        var memory = [UInt8](repeating: 0, count: 4096)
        let count = unsafe memory.withUnsafeMutableBytes { buffer in
            var cursor = unsafe ByteCursor(buffer)
            return encoder.encode(0, to: &cursor) ? buffer.count - cursor.room : 0
        }
        return try #require(JSONTree(memory[..<count])?.object)
    }

    @Test func `every field of an event has a mapping of its own`() throws {
        let fields = leaves(try event([0x61, 0xff]))
        #expect(fields.count >= 16)
        #expect(fields.contains("log.flags") && fields.contains("event.id") && fields.contains("log.offset"))
        for field in fields { #expect(Mappings(template).type(of: field) != nil, "\(field) is left to guessing") }
    }

    /// The names that lines of services are brought to.
    @Test(arguments: [
        "@timestamp", "log.level", "log.logger", "message", "service.name", "trace.id", "span.id", "parent.id",
        "http.request.id", "host.name", "log.file.path", "event.id", "error.message", "error.type",
        "error.stack_trace",
        "process.pid", "process.thread.name", "log.origin.file.name", "log.origin.file.line", "log.origin.function",
    ])
    func `every name of ECS that services' fields become has a mapping of its own`(_ field: String) {
        #expect(Mappings(template).type(of: field) != nil)
    }
}
