import FileInput
import Testing

@testable import AgentConfig

struct FieldsTests {
    private func input(_ global: String, _ own: String) throws -> FileInputSettings {
        try load("\(global)\nfilebeat.inputs: [{type: stdin, \(own)}]\noutput.console:").inputs[0]
    }

    @Test func `fields become one JSON object with the types of YAML`() throws {
        let fields = "fields: {a: 1, b: 1.5, c: yes, d: 'yes', e: [x, null, 07], f.g: \"q\\\"\\u0001\"}"
        let json = #"{"a":1,"b":1.5,"c":true,"d":"yes","e":["x",null,"07"],"f":{"g":"q\"\u0001"}}"#
        #expect(try input("", fields).fieldsJSON == json)
        #expect(try input("fields:\n  h: ${H:12}\n  i: '${H:12}'", "id: a").fieldsJSON == #"{"h":12,"i":"12"}"#)
    }

    @Test(arguments: [
        ("", "", "", false), ("fields: {a: 1}", "", #"{"a":1}"#, false), ("", "fields: {b: 2}", #"{"b":2}"#, false),
        ("fields: {a: 1, x: g}", "fields: {x: i}", #"{"a":1,"x":"i"}"#, false),
        ("fields: {a: 1}\nfields_under_root: true", "fields: {b: 2}", #"{"a":1,"fields":{"b":2}}"#, true),
        ("fields: {a: 1}", "fields: {b: 2}, fields_under_root: true", #"{"fields":{"a":1},"b":2}"#, true),
        ("fields: {a: 1}\nfields_under_root: true", "fields: {b: 2}, fields_under_root: true", #"{"a":1,"b":2}"#, true),
    ])
    func `fields of all inputs and of one`(global: String, own: String, json: String, underRoot: Bool) throws {
        let input = try input(global, own)
        #expect(input.fieldsJSON == json)
        #expect(input.fieldsUnderRoot == underRoot)
    }

    @Test func `tags of all inputs come first`() throws {
        #expect(try input("tags: [a]", "tags: [b]").tags == ["a", "b"])
    }

    @Test func `fields have a bounded depth`() {
        let deep = String(repeating: "{a: ", count: 20) + "1" + String(repeating: "}", count: 20)
        let found = errors("fields: \(deep)\n" + smallest)
        #expect(found.count == 1 && found[0].contains("16 levels"))
    }
}
