import HTTPTransport

/// Bodies of events to a URL that answers for all of them together.
struct PostWire: HTTPWire {
    let format: HTTPSettings.Format
    let compressionLevel: Int

    func makeBody() throws -> BodyBuilder { try BodyBuilder(format: format, level: compressionLevel) }

    func judge(
        _ answer: HTTPAnswer, to body: BodyBuilder, count: Int, from host: HTTPHost, now: Int64
    ) -> HTTPJudgement {
        HTTPJudgement(status: answer, from: host.url.endpoint, now: now)
    }
}
