import EventModel

/// What Kibana is to have: a data view, two searches, three visualisations and a dashboard, as saved objects.
///
/// In the form of Kibana 8.8, the first one with `typeMigrationVersion`: later ones, 9.x too, bring such objects to their
/// own form when they import them. Each type has the version of its last change of form that the document knows.
package enum KibanaObjects {
    /// A member whose name ends so holds JSON as a text. The documents hold it as JSON, so that it can be read.
    private static let textSuffix = Array("JSON".utf8)
    private static let documents: [SetupDocument] = [
        .dataView, .searchTrace, .searchErrors, .lensLevel, .lensService, .lensTopServices, .dashboard,
    ]

    /// - Parameter pattern: the data streams that the data view shows.
    static func all(pattern: String) -> [JSONObject] {
        documents.map { document in
            var object = document.object
            if document == .dataView { object.set("attributes.title", .text(pattern)) }
            if let attributes = object["attributes"] { object["attributes"] = withTexts(attributes) }
            return object
        }
    }

    /// One object a line, each after those that it refers to, as Kibana exports and imports them.
    package static func ndjson(pattern: String) -> [UInt8] {
        all(pattern: pattern).flatMap { JSONTree.object($0).compact + [0x0a] }
    }

    /// Where the dashboard is, behind the address of Kibana and its space.
    static var dashboardPath: String {
        "/app/dashboards#/view/" + (SetupDocument.dashboard.object.text(at: "id") ?? "")
    }

    private static func withTexts(_ tree: JSONTree) -> JSONTree {
        switch tree {
        case .scalar: return tree
        case .array(let elements): return .array(elements.map(withTexts))
        case .object(let object):
            return .object(
                JSONObject(
                    object.members.map { member in
                        guard member.name.suffix(textSuffix.count).elementsEqual(textSuffix) else {
                            return .init(name: member.name, value: withTexts(member.value))
                        }
                        return .init(name: member.name, value: .string(member.value.compact))
                    }))
        }
    }
}
