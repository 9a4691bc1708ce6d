import Crypto
import FoundationEssentials

/// How the broker wants its clients to say who they are.
///
/// - Source: RFC 4616 (PLAIN), RFC 5802 and 7677 (SCRAM), RFC 7628 (OAUTHBEARER)
package enum KafkaSASL: Sendable {
    case plain(user: String, password: String)
    case scram256(user: String, password: String)
    case scram512(user: String, password: String)
    /// Takes a token for which this is true.
    case bearer(@Sendable (String) -> Bool)

    static let unsupported = 33
    static let failed = 58

    package var mechanism: String {
        switch self {
        case .plain: "PLAIN"
        case .scram256: "SCRAM-SHA-256"
        case .scram512: "SCRAM-SHA-512"
        case .bearer: "OAUTHBEARER"
        }
    }

    enum Step {
        case goOn([UInt8])
        case done(user: String, [UInt8])
        case refused
    }

    func begin(_ mechanism: String) -> Exchange? { mechanism == self.mechanism ? Exchange(self) : nil }

    /// One login.
    final class Exchange {
        private let sasl: KafkaSASL
        private var first: (bare: String, challenge: String)?
        /// What came beside a token: `name=value`.
        private(set) var extensions: [String] = []

        init(_ sasl: KafkaSASL) { self.sasl = sasl }

        func step(_ input: [UInt8]) -> Step {
            switch sasl {
            case .plain(let user, let password):
                input == [0] + user.utf8 + [0] + password.utf8 ? .done(user: user, []) : .refused
            case .bearer(let isGood): bearer(String(decoding: input, as: UTF8.self), isGood)
            case .scram256(let user, let password): scram(input, user, password, SHA256.self)
            case .scram512(let user, let password): scram(input, user, password, SHA512.self)
            }
        }

        private func bearer(_ input: String, _ isGood: (String) -> Bool) -> Step {
            let parts = input.split(separator: "\u{1}")
            guard parts.first == "n,,", let token = parts.first(where: { $0.hasPrefix("auth=Bearer ") })?.dropFirst(12)
            else { return .refused }
            extensions = parts.dropFirst().map(String.init).filter { !$0.hasPrefix("auth=") }
            return isGood(String(token)) ? .done(user: String(token), []) : .refused
        }

        private func scram<Hash: HashFunction>(
            _ input: [UInt8], _ user: String, _ password: String, _: Hash.Type
        ) -> Step {
            let text = String(decoding: input, as: UTF8.self)
            let salt = Array("pinch of it".utf8)
            guard let first else {
                let bare = String(text.dropFirst(3))
                let fields = bare.split(separator: ",")
                guard text.hasPrefix("n,,"), fields.count == 2, fields[0] == "n=\(user)" else { return .refused }
                let challenge = "\(fields[1])server,s=\(Data(salt).base64EncodedString()),i=4096"
                self.first = (bare, challenge)
                return .goOn(Array(challenge.utf8))
            }
            let fields = text.split(separator: ",")
            // As Kafka's brokers do: librdkafka before 2.7 repeats its own part of the nonce in front of it.
            guard fields.count == 3, fields[0] == "c=biws",
                fields[1].hasSuffix(first.challenge.prefix { $0 != "," }.dropFirst(2)),
                let proof = Data(base64Encoded: String(fields[2].dropFirst(2)))
            else { return .refused }
            func sign(_ text: String, _ key: [UInt8]) -> [UInt8] {
                Array(HMAC<Hash>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
            }
            let salted = KafkaSASL.stretch(password, salt, 4096, Hash.self)
            let client = sign("Client Key", salted)
            let message = "\(first.bare),\(first.challenge),\(fields[0]),\(fields[1])"
            let signature = sign(message, Array(Hash.hash(data: client)))
            guard Array(proof) == zip(client, signature).map({ $0 ^ $1 }) else { return .refused }
            let answer = sign(message, sign("Server Key", salted))
            return .done(user: user, Array("v=\(Data(answer).base64EncodedString())".utf8))
        }
    }

    /// PBKDF2 with one block.
    private static func stretch<Hash: HashFunction>(
        _ password: String, _ salt: [UInt8], _ rounds: Int, _: Hash.Type
    ) -> [UInt8] {
        let key = SymmetricKey(data: Array(password.utf8))
        var block = Array(HMAC<Hash>.authenticationCode(for: salt + [0, 0, 0, 1], using: key))
        var result = block
        for _ in 1..<rounds {
            block = Array(HMAC<Hash>.authenticationCode(for: block, using: key))
            for index in result.indices { result[index] ^= block[index] }
        }
        return result
    }
}
