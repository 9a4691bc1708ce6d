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
        case "basic": return Base64Text.decode(value).flatMap(AccessToken.behindColon).map { [$0] } ?? []
        case "apikey":
            return [value] + (Base64Text.decode(value).flatMap(AccessToken.behindColon).map { [$0] } ?? [])
        default: return []
        }
    }

    private static func behindColon(_ text: [UInt8]) -> [UInt8]? {
        text.firstIndex(of: 0x3a).map { Array(text[($0 + 1)...]) }
    }
}

/// Base64 (RFC 4648, section 4), with or without its padding.
enum Base64Text {
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in text.prefix(while: { $0 != 0x3d }) {
            guard let value = digit(byte) else { return nil }
            bits = bits << 6 | value
            count += 6
            guard count >= 8 else { continue }
            count -= 8
            bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
        }
        return bytes
    }

    static func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(digits[Int(bits >> UInt32(count)) & 63])
            }
        }
        if count > 0 { text.append(digits[Int(bits << UInt32(6 - count)) & 63]) }
        while text.count % 4 != 0 { text.append(0x3d) }
        return text
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5a: UInt32(byte) - 0x41
        case 0x61...0x7a: UInt32(byte) - 0x61 + 26
        case 0x30...0x39: UInt32(byte) - 0x30 + 52
        case 0x2b, 0x2d: 62
        case 0x2f, 0x5f: 63
        default: nil
        }
    }
}
