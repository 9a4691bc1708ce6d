import EventModel
import Testing

@testable import ElasticSetup

struct KibanaObjectTests {
    private let objects: [JSONObject]

    init() throws {
        let lines = KibanaObjects.ndjson(pattern: "needletail-*").split(separator: 0x0a)
        objects = try lines.map { try #require(JSONTree($0)?.object) }
    }

    private func key(_ object: JSONObject) -> String {
        "\(object.text(at: "type") ?? "?") \(object.text(at: "id") ?? "?")"
    }

    private func object(_ id: String) throws -> JSONObject { try #require(objects.first { $0.text(at: "id") == id }) }

    /// The JSON that an attribute holds as a text.
    private func inner(_ object: JSONObject, _ path: String) throws -> JSONTree {
        let text = try #require(object.text(at: path))
        return try #require(JSONTree(text.utf8))
    }

    @Test func `each object has an id of its own, and is of a type that Kibana knows`() {
        #expect(Set(objects.map(key)).count == objects.count)
        let types = Set(objects.compactMap { $0.text(at: "type") })
        #expect(types == ["index-pattern", "search", "lens", "dashboard"])
        for object in objects { #expect(object.text(at: "id")?.hasPrefix("needletail-") == true) }
    }

    @Test func `references lead to objects that come before`() {
        var known: Set<String> = []
        for object in objects {
            for reference in object["references"]?.array?.compactMap(\.object) ?? [] {
                #expect(known.contains(key(reference)), "\(key(object)) refers to \(key(reference))")
            }
            known.insert(key(object))
        }
    }

    @Test func `versions are those of Kibana 8 point 8 or before`() throws {
        for object in objects {
            #expect(object.text(at: "coreMigrationVersion") == "8.8.0")
            let version = try #require(
                object.text(at: "typeMigrationVersion").flatMap { ElasticsearchServer.Version($0) })
            #expect(version <= .init(8, 8))
        }
    }

    @Test func `texts that hold JSON are texts`() throws {
        func walk(_ tree: JSONTree) {
            for member in tree.object?.members ?? [] {
                let name = String(decoding: member.name, as: UTF8.self)
                if name.hasSuffix("JSON") {
                    #expect(member.value.text.flatMap { JSONTree($0) } != nil, "\(name)")
                } else {
                    walk(member.value)
                }
            }
            for element in tree.array ?? [] { walk(element) }
        }
        for object in objects { walk(.object(object)) }
    }

    @Test func `the data view shows the data streams by time`() throws {
        let view = try object("needletail-data-view")
        #expect(view.text(at: "attributes.title") == "needletail-*")
        #expect(view.text(at: "attributes.timeFieldName") == "@timestamp")
        let other = KibanaObjects.all(pattern: "app-*").first { $0.text(at: "type") == "index-pattern" }
        #expect(other?.text(at: "attributes.title") == "app-*")
    }

    @Test func `the search by trace has the columns of a trace, in the order of time`() throws {
        let search = try object("needletail-search-trace")
        let columns = search.value(at: "attributes.columns")?.array?.compactMap(\.plainText)
        #expect(columns == ["service.name", "log.level", "message", "trace.id"])
        #expect(search.value(at: "attributes.sort")?.compact == Array(#"[["@timestamp","asc"]]"#.utf8))
        let source = try inner(search, "attributes.kibanaSavedObjectMeta.searchSourceJSON")
        #expect(source.object?.text(at: "query.query")?.hasPrefix("trace.id:") == true)
    }

    @Test func `each panel and each control of the dashboard has its reference`() throws {
        let dashboard = try object("needletail-dashboard")
        let names = Set(dashboard["references"]?.array?.compactMap { $0.object?.text(at: "name") } ?? [])
        let panels = try inner(dashboard, "attributes.panelsJSON").array?.compactMap(\.object) ?? []
        let controls = try #require(try inner(dashboard, "attributes.controlGroupInput.panelsJSON").object)
        #expect(panels.count == 4)
        var wanted = Set<String>()
        for panel in panels {
            let index = try #require(panel.text(at: "panelIndex"))
            #expect(panel.text(at: "gridData.i") == index)
            wanted.insert("\(index):\(panel.text(at: "panelRefName") ?? "")")
        }
        for control in controls.members {
            let name = String(decoding: control.name, as: UTF8.self)
            #expect(control.value.object?.text(at: "explicitInput.id") == name)
            wanted.insert("controlGroup_\(name):optionsListDataView")
        }
        #expect(names == wanted)
        #expect(controls["trace"]?.object?.text(at: "explicitInput.fieldName") == "trace.id")
    }

    @Test func `no panel lies on another, and none beyond the edge`() throws {
        let panels = try #require(try inner(object("needletail-dashboard"), "attributes.panelsJSON").array)
        var taken: Set<[Int]> = []
        for panel in panels.compactMap(\.object) {
            let sides = ["x", "y", "w", "h"].compactMap { panel.text(at: "gridData.\($0)").flatMap { Int($0) } }
            try #require(sides.count == 4)
            #expect(sides[0] + sides[2] <= 48)
            for x in sides[0]..<(sides[0] + sides[2]) {
                for y in sides[1]..<(sides[1] + sides[3]) { #expect(taken.insert([x, y]).inserted) }
            }
        }
    }

    @Test func `what a visualisation shows is in its columns, and every field has a mapping`() throws {
        let mappings = Mappings(SetupDocument.indexTemplate.object)
        for lens in objects where lens.text(at: "type") == "lens" {
            let layer = try #require(lens.object(at: "attributes.state.datasourceStates.formBased.layers.events"))
            let columns = try #require(layer["columns"]?.object)
            let order = layer["columnOrder"]?.array?.compactMap(\.plainText) ?? []
            #expect(Set(order) == Set(columns.members.map { String(decoding: $0.name, as: UTF8.self) }))
            for column in columns.members.compactMap(\.value.object) {
                let field = try #require(column.text(at: "sourceField"))
                #expect(field == "___records___" || mappings.type(of: field) != nil, "\(field)")
                if let by = column.text(at: "params.orderBy.columnId") { #expect(order.contains(by)) }
            }
            #expect(
                lens["references"]?.array?.first?.object?.text(at: "name") == "indexpattern-datasource-layer-events")
        }
    }
}
