import EventModel

/// What a server answered, judged as far as all requests have it in common.
struct SetupAnswer {
    let status: Int
    let body: [UInt8]

    var object: JSONObject? { JSONTree(body)?.object }
    var isSuccess: Bool { (200..<300).contains(status) }
    /// The server is there, but not ready: starting, without a master, overloaded, or behind a proxy that waits for it.
    var isNotReady: Bool { [429, 502, 503, 504].contains(status) }

    /// The server's words: `error.reason` of Elasticsearch, `message` of Kibana, or the first words of the body.
    var reason: String {
        guard let object else { return SetupAnswer.shortened(String(decoding: body, as: UTF8.self)) }
        let root = object.object(at: "error")?["root_cause"]?.array?.first?.object
        let cause = object.text(at: "error.caused_by.reason").map { "; \($0)" } ?? ""
        if let reason = object.text(at: "error.reason") ?? root?.text(at: "reason") {
            return SetupAnswer.shortened(reason + cause)
        }
        let words =
            object.text(at: "message") ?? object.text(at: "error.message") ?? object.text(at: "error")
            ?? String(decoding: body, as: UTF8.self)
        return SetupAnswer.shortened(words)
    }

    private static func shortened(_ text: String) -> String {
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return words.count > 400 ? words.prefix(400) + "…" : words
    }

    /// ": its reason", or nothing.
    var because: String { reason.isEmpty ? "" : ": \(reason)" }
}

/// What is asked of a server.
package struct SetupRequest: Sendable, Equatable {
    package var method: String
    /// Path and query behind the path of the host.
    package var path: String
    package var body: [UInt8] = []
    var contentType = "application/json"
    var headers: [(name: String, value: String)] = []

    package static func == (left: SetupRequest, right: SetupRequest) -> Bool {
        left.method == right.method && left.path == right.path && left.body == right.body
    }

    static func get(_ path: String) -> SetupRequest { SetupRequest(method: "GET", path: path) }

    static func put(_ path: String, _ body: JSONTree) -> SetupRequest {
        SetupRequest(method: "PUT", path: path, body: body.compact)
    }
}
