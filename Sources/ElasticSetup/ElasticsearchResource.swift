import EventModel

/// One thing that a cluster is to have, how it is asked for, and how it is told from what others have made.
struct ElasticsearchResource {
    enum Kind { case indexTemplate, ilmPolicy, ismPolicy }

    let kind: Kind
    let name: String
    /// The body of the request that loads it.
    let document: JSONObject

    init(_ kind: Kind, _ name: String, _ document: JSONObject) {
        self.kind = kind
        self.name = name
        self.document = document
    }

    var title: String {
        switch kind {
        case .indexTemplate: "index template \(name)"
        case .ilmPolicy: "ILM policy \(name)"
        case .ismPolicy: "ISM policy \(name)"
        }
    }

    var path: String {
        switch kind {
        case .indexTemplate: "/_index_template/\(name)"
        case .ilmPolicy: "/_ilm/policy/\(name)"
        case .ismPolicy: "/_plugins/_ism/policies/\(name)"
        }
    }

    var request: SetupRequest { .put(path, .object(document)) }

    /// Of the one that is there. ISM takes a change only with the number of what it replaces.
    func request(replacing present: JSONObject) -> SetupRequest {
        guard kind == .ismPolicy, let number = present.text(at: "_seq_no"), let term = present.text(at: "_primary_term")
        else { return request }
        return .put(path + "?if_seq_no=\(number)&if_primary_term=\(term)", .object(document))
    }

    // MARK: What is there

    /// The part of an answer to GET that is the thing itself, in the shape in which it is loaded.
    func present(in answer: JSONObject) -> JSONObject? {
        switch kind {
        case .indexTemplate:
            let templates = answer.value(at: "index_templates")?.array?.compactMap(\.object) ?? []
            return templates.first { $0.text(at: "name") == name }?.object(at: "index_template")
        case .ilmPolicy: return answer[name]?.object
        case .ismPolicy: return answer["policy"] == nil ? nil : answer
        }
    }

    private var meta: String { kind == .indexTemplate ? "_meta" : "policy._meta" }

    /// Whether Needletail has made it.
    func isOurs(_ present: JSONObject) -> Bool {
        if kind == .ismPolicy {
            return present.text(at: "policy.description")?.hasPrefix("managed by needletail") ?? false
        }
        return present.text(at: meta + ".managed_by") == "needletail"
    }

    /// A Needletail that is newer than this one has made it: its number.
    func laterVersion(_ present: JSONObject) -> Int? {
        guard let theirs = present.text(at: meta + ".version").flatMap({ Int($0) }),
            let own = document.text(at: meta + ".version").flatMap({ Int($0) }), theirs > own
        else { return nil }
        return theirs
    }

    /// Whether what is there says all that ours does. Of another's the names of the maker do not count.
    func isMet(by present: JSONObject) -> Bool {
        var present = present
        var wanted = document
        if !isOurs(present) { wanted.drop(meta) }
        let settings = "template.settings"
        let have = (present.object(at: settings) ?? JSONObject()).flatSettings
        let want = (wanted.object(at: settings) ?? JSONObject()).flatSettings
        guard want.allSatisfy({ have[$0.key] == $0.value }) else { return false }
        present.drop(settings)
        wanted.drop(settings)
        return JSONTree.object(present).contains(.object(wanted))
    }
}
