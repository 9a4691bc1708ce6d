import Testing

/// Asks a running agent for its status.
enum ProcessStatus {
    /// nil while nobody answers.
    static func get(_ path: String, _ scene: ProcessScene) -> PlainHTTP.Answer? {
        try? PlainHTTP.get(path, from: .unix(path: scene.socket))
    }

    /// Asks until the answer is as it should be.
    static func wait(
        _ scene: ProcessScene, path: String = "/stats", _ what: String, until: (PlainHTTP.Answer) -> Bool
    ) async throws -> PlainHTTP.Answer {
        let clock = ContinuousClock()
        let net = clock.now + .seconds(60)
        while clock.now < net {
            if let answer = get(path, scene), until(answer) { return answer }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw ProcessFailure(description: "\(path) never showed \(what): \(get(path, scene)?.body ?? "no answer")")
    }

    static func wait(_ scene: ProcessScene, for text: String) async throws {
        _ = try await wait(scene, text) { $0.body.contains(text) }
    }

    /// The first number behind a key.
    static func number(_ key: String, in body: String) -> Int? {
        guard let found = body.firstRange(of: "\"\(key)\":") else { return nil }
        let value = body[found.upperBound...].drop { $0 == " " }
        return Int(value.prefix { $0.isNumber || $0 == "-" })
    }
}
