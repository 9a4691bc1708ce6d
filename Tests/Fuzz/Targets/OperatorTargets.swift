import AgentConfig
import HTTPTransport

extension FuzzTarget {
    /// A configuration is read, or refused with errors that have a text.
    static let configuration = FuzzTarget(name: "configuration") { bytes in
        var input = FuzzInput(bytes)
        let options = input.byte() % 3
        let overrides = (0..<options).map { _ in String(decoding: input.part(), as: UTF8.self) }
        let text = String(decoding: input.rest, as: UTF8.self)
        do throws(ConfigurationErrors) {
            _ = try ConfigLoader.load(
                text: text, overrides: overrides, environment: ["A": "value", "LIST": "[a, {b: c}]", "BAD": "{"])
        } catch {
            guard !error.errors.isEmpty, error.errors.allSatisfy({ !$0.description.isEmpty }) else {
                throw FuzzFinding("refused without a word", input.rest)
            }
        }
    }

    /// What a server says of when to come again is a time within bounds, and a URL is what it was after being written.
    static let http = FuzzTarget(name: "http") { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if let wait = RetryAfter.parse(text, now: 1_769_099_693), wait < .zero || wait > RetryAfter.maximum {
            throw FuzzFinding("Retry-After of \(wait)", bytes)
        }
        let schemes = ["http": 80, "https": 443]
        guard let url = TargetURL(text, schemes: schemes) else { return }
        guard let again = TargetURL(url.url, schemes: schemes), again.url == url.url else {
            throw FuzzFinding("another URL: \(url.url)", bytes)
        }
    }
}
