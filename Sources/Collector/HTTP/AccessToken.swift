import ByteTools
import Crypto
package import EventModel
import HTTPTypes
package import Hummingbird

/// Whether a request shows the token (`collector.auth.token`): as a bearer token, as the password of any user, or as an
/// API key of Elasticsearch's clients.
///
/// Digests are compared, and all of their bytes, so that the time tells nothing of the token.
package struct AccessToken: Sendable {
    private let digest: [UInt8]

    package init(_ secret: Secret) { digest = AccessToken.digest(Array(secret.exposed.utf8)) }

    private static func digest(_ text: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: text)) }

    package func admits(_ request: Request) -> Bool {
        guard let value = request.headers[.authorization] else { return false }
        return candidates(Array(value.utf8)).reduce(false) { $0 || isToken($1) }
    }

    private func isToken(_ text: [UInt8]) -> Bool {
        zip(AccessToken.digest(text), digest).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    /// The secrets that a header may hold.
    private func candidates(_ header: [UInt8]) -> [[UInt8]] {
        guard let blank = header.firstIndex(of: 0x20) else { return [] }
        let scheme = String(decoding: header[..<blank], as: UTF8.self).lowercased()
        let value = Array(header[blank...].drop { $0 == 0x20 })
        switch scheme {
        case "bearer": return [value]
        case "basic": return Base64.decode(value).flatMap(AccessToken.behindColon).map { [$0] } ?? []
        case "apikey":
            return [value] + (Base64.decode(value).flatMap(AccessToken.behindColon).map { [$0] } ?? [])
        default: return []
        }
    }

    private static func behindColon(_ text: [UInt8]) -> [UInt8]? {
        text.firstIndex(of: 0x3a).map { Array(text[($0 + 1)...]) }
    }
}
