import EventModel
package import Synchronization

/// What an Elasticsearch holds in the hand of a test: documents by index and id, and the answers of `_bulk`.
///
/// `HTTPPeer` does the HTTP; see `HTTPPeer.hold`.
package final class BulkStore: Sendable {
    package struct Document: Sendable, Equatable {
        package var operation: String
        package var index: String
        package var id: String
        package var pipeline: String?
        package var source: String
        package var message: String { EventText.message(of: source) ?? "?" }
    }

    /// What is said of one action instead of taking it: its status, and the error as JSON.
    package struct Refusal: Sendable, Equatable {
        package var status: Int
        package var type: String
        package var reason: String

        package init(_ status: Int, _ type: String, _ reason: String = "because") {
            self.status = status
            self.type = type
            self.reason = reason
        }

        var error: String {
            JSONTree.object(
                JSONObject([
                    .init(name: Array("type".utf8), value: .string(type.utf8)),
                    .init(name: Array("reason".utf8), value: .string(reason.utf8)),
                ])
            ).compactText
        }
    }

    package typealias Rule = @Sendable (Document) -> Refusal?

    fileprivate struct State {
        var documents: [String: Document] = [:]
        var order: [String] = []
        var rule: Rule?
        var bulks = 0
    }
    private let state = Mutex(State())
    /// What `GET /` and the cluster's settings are answered with.
    package let banner = Mutex(HTTPPeer.Answer(200, body: #"{"version":{"number":"8.19.0"},"tagline":"You Know"}"#))
    package let settings = Mutex(HTTPPeer.Answer(403, body: "{}"))

    package init() {}

    /// Documents in the order in which they were created.
    package var documents: [Document] { state.withLock { state in state.order.compactMap { state.documents[$0] } } }
    /// Bulk requests that were answered.
    package var bulks: Int { state.withLock { $0.bulks } }

    /// Asks this of each action from now on; nil takes it.
    package func refuse(by rule: Rule?) { state.withLock { $0.rule = rule } }

    package func answer(_ request: HTTPPeer.Request) -> HTTPPeer.Answer {
        let path = String(request.uri.prefix { $0 != "?" })
        guard path.hasSuffix("/_bulk") else {
            var answer = path.hasSuffix("/_cluster/settings") ? settings.withLock { $0 } : banner.withLock { $0 }
            answer.kept = []
            return answer
        }
        guard let actions = BulkStore.actions(request, path) else {
            return HTTPPeer.Answer(400, body: #"{"error":{"type":"illegal_argument_exception"}}"#, kept: [])
        }
        var items: [String] = []
        var kept: [String] = []
        var hasErrors = false
        let rule = state.withLock { state in
            state.bulks += 1
            return state.rule
        }
        // A rule may look at the store.
        let refusals = actions.map { rule?($0) }
        state.withLock { state in
            for (document, refused) in zip(actions, refusals) {
                let refusal = refused ?? state.add(document)
                if refusal != nil { hasErrors = true } else { kept.append(document.message) }
                let error = refusal.map { #","error":\#($0.error)"# } ?? ""
                items.append(#"{"\#(document.operation)":{"status":\#(refusal?.status ?? 201)\#(error)}}"#)
            }
        }
        let body = #"{"errors":\#(hasErrors),"items":[\#(items.joined(separator: ","))]}"#
        return HTTPPeer.Answer(200, body: body, kept: kept)
    }

    /// The actions of a body; nil when it breaks a rule of the format.
    package static func actions(_ request: HTTPPeer.Request, _ path: String) -> [Document]? {
        guard let body = request.plainBody, body.last == 0x0a else { return nil }
        let parts = path.split(separator: "/").map(String.init)
        let pathIndex = parts.count > 1 ? parts[parts.count - 2] : ""
        let lines = body.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count.isMultiple(of: 2) else { return nil }
        var actions: [Document] = []
        for at in stride(from: 0, to: lines.count, by: 2) {
            guard let action = JSONTree(lines[at])?.object?.members.first, let facts = action.value.object,
                JSONTree(lines[at + 1])?.object != nil
            else { return nil }
            func text(_ name: String) -> String? { facts[name]?.text.map { String(decoding: $0, as: UTF8.self) } }
            actions.append(
                Document(
                    operation: String(decoding: action.name, as: UTF8.self), index: text("_index") ?? pathIndex,
                    id: text("_id") ?? "", pipeline: text("pipeline"),
                    source: String(decoding: lines[at + 1], as: UTF8.self)))
        }
        return actions
    }
}

extension BulkStore.State {
    fileprivate mutating func add(_ document: BulkStore.Document) -> BulkStore.Refusal? {
        let key = "\(document.index)/\(document.id)"
        if documents[key] == nil {
            order.append(key)
        } else if document.operation == "create" {
            return BulkStore.Refusal(409, "version_conflict_engine_exception", "document already exists")
        }
        documents[key] = document
        return nil
    }
}

extension HTTPPeer {
    /// Answers as an Elasticsearch that holds this, and misbehaves as the journal says.
    package func hold(_ store: BulkStore) {
        behave(
            by: Manners(
                takes: { store.answer($0) },
                rejects: { request in
                    store.refuse { _ in .init(400, "document_parsing_exception") }
                    defer { store.refuse(by: nil) }
                    return store.answer(request)
                }))
    }
}

extension JSONTree {
    fileprivate var compactText: String { String(decoding: compact, as: UTF8.self) }
}
