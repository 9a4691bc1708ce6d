import EventModel
/// What the status server answers to a request, without the HTTP around it.
package struct StatusReply: Sendable, Equatable {
    package var code: Int
    package var contentType: String
    package var body: String

    private static let plain = "text/plain; charset=utf-8"
    private static let json = "application/json"

    /// - Parameter status: called only for the paths that need it.
    package static func answer(method: String, path: String, status: () -> AgentStatus) -> StatusReply {
        let known = ["/", "/metrics", "/stats", "/healthz"]
        guard known.contains(path) else {
            let pages = known.dropFirst().joined(separator: ", ")
            return StatusReply(code: 404, contentType: plain, body: "no such page; there are \(pages)\n")
        }
        guard method == "GET" || method == "HEAD" else {
            return StatusReply(code: 405, contentType: plain, body: "only GET and HEAD are answered\n")
        }
        var status = status()
        switch path {
        case "/metrics":
            status.usage = .current()
            return StatusReply(code: 200, contentType: StatusMetrics.contentType, body: StatusMetrics.render(status))
        case "/stats":
            status.usage = .current()
            return StatusReply(code: 200, contentType: json, body: StatusPage.render(status))
        case "/healthz":
            let health = StatusHealth(status)
            return StatusReply(code: health.code, contentType: plain, body: health.text)
        default:
            return StatusReply(code: 200, contentType: json, body: about(status))
        }
    }

    /// The first page, in the form that tools know from Filebeat.
    private static func about(_ status: AgentStatus) -> String {
        JSONTree.object([
            ("beat", .string("needletail")), ("hostname", .string(status.hostname)),
            ("name", .string(status.hostname)), ("uuid", .string(status.agentID)),
            ("version", .string(status.version)),
        ]).text() + "\n"
    }
}
