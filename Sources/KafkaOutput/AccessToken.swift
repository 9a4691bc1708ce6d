import ByteTools
import EventModel

/// What a broker is shown under OAUTHBEARER.
struct AccessToken: Sendable, Equatable {
    let text: Secret
    /// ms since 1970; librdkafka asks for the next one when four fifths of the time are over.
    let expiry: Int64
    /// Whose it is, where the token says so.
    let subject: String?

    /// Where nothing says how long a token lasts.
    static let standardLifetime: Int64 = 300

    /// - Parameters:
    ///   - lifetime: seconds, as whoever gave it out says; nil: as a JSON Web Token says itself.
    ///   - now: ms since 1970.
    init(_ text: String, lifetime: Int64?, now: Int64) {
        let claims = AccessToken.claims(text)
        self.text = Secret(text)
        subject = claims?[path: [Array("sub".utf8)]]?.text.map { String(decoding: $0, as: UTF8.self) }
        if let lifetime {
            expiry = now + lifetime * 1000
        } else if let claimed = AccessToken.seconds(claims?[path: [Array("exp".utf8)]]) {
            expiry = claimed * 1000
        } else {
            expiry = now + AccessToken.standardLifetime * 1000
        }
    }

    /// The answer of a server: `{"access_token":"…","expires_in":3600}`.
    /// - Returns: nil when there is no token in it.
    /// - Source: RFC 6749 section 5.1
    init?(answer: [UInt8], now: Int64) {
        guard let object = JSONTree(answer)?.object,
            let text = object[path: [Array("access_token".utf8)]]?.text, !text.isEmpty
        else { return nil }
        self.init(
            String(decoding: text, as: UTF8.self),
            lifetime: AccessToken.seconds(object[path: [Array("expires_in".utf8)]]), now: now)
    }

    /// The middle part of a JSON Web Token (RFC 7519); nil for any other kind of token.
    private static func claims(_ text: String) -> JSONObject? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."))
        guard parts.count == 3 else { return nil }
        return Base64.decode(Array(parts[1])).flatMap { JSONTree($0)?.object }
    }

    /// A number, or one in quotes as some servers write it; a hundred years at most.
    private static func seconds(_ value: JSONTree?) -> Int64? {
        let bytes = value?.text ?? value?.compact ?? []
        guard let number = Double(String(decoding: bytes, as: UTF8.self)), number > 0, number < 1e11 else { return nil }
        return Int64(number)
    }
}
