import EventModel

@testable import ElasticSetup

/// The fields of a template, looked up as Elasticsearch does.
struct Mappings {
    private let properties: JSONObject

    init(_ template: JSONObject) {
        properties = template.object(at: "template.mappings.properties") ?? JSONObject()
    }

    /// The mapping of `log.file.path`; nil when only a dynamic template would map it.
    func object(of field: String) -> JSONObject? {
        let names = field.split(separator: ".").map(String.init)
        var below: JSONObject? = properties
        for name in names.dropLast() { below = below?[name]?.object?["properties"]?.object }
        return below?[names.last ?? ""]?.object
    }

    func type(of field: String) -> String? { object(of: field)?["type"]?.plainText }

    /// All types that are used.
    var types: Set<String> {
        func walk(_ object: JSONObject) -> Set<String> {
            object.members.reduce(into: []) { found, member in
                guard let mapping = member.value.object else { return }
                if let type = mapping["type"]?.plainText { found.insert(type) }
                if let below = mapping["properties"]?.object { found.formUnion(walk(below)) }
            }
        }
        return walk(properties)
    }
}
