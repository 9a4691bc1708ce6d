import HTTPTypes
import LogQuery

/// What stands behind the `?` of a request, decoded.
struct APIParameters: Sendable {
    private let values: [String: String]

    init(_ query: Substring?) {
        var values: [String: String] = [:]
        for pair in query?.split(separator: "&") ?? [] {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            values[APIParameters.decoded(parts[0])] = parts.count > 1 ? APIParameters.decoded(parts[1]) : ""
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

    /// A number within its bounds.
    func number(_ name: String, default standard: Int, in range: ClosedRange<Int>) throws(APIError) -> Int {
        guard let text = self[name] else { return standard }
        guard let number = Int(text) else { throw APIError(.badRequest, "\(name) is a number.") }
        return min(max(number, range.lowerBound), range.upperBound)
    }

    func flag(_ name: String) -> Bool { self[name].map { $0 != "0" && $0 != "false" } ?? false }

    /// The query in `q`, within the time that `since`, `from` and `to` say (as in the language; `from` is another word
    /// for `since`, `to` for `until`).
    func query(now: Int64) throws(APIError) -> Query {
        let text = self["q"] ?? ""
        guard text.utf8.count <= 8192 else { throw APIError(.badRequest, "The query is too long.") }
        let query: Query
        do {
            query = try Query(parsing: text, now: now)
        } catch {
            throw APIError(.badRequest, error.message, at: error.range)
        }
        let from = max(try time("since", now) ?? .min, try time("from", now) ?? .min)
        let to = min(try time("until", now) ?? .max, try time("to", now) ?? .max)
        return query.clamped(to: from..<max(from, to))
    }

    private func time(_ name: String, _ now: Int64) throws(APIError) -> Int64? {
        guard let text = self[name] else { return nil }
        guard let time = QueryTime.nanoseconds(text.utf8, now: now) else {
            throw APIError(.badRequest, "\(name) is a time, such as 15m, 2026-11-23T10:00 or 2026-11-23T10:00:00.5Z.")
        }
        return time
    }

    /// Percent signs and pluses resolved; bytes that are no UTF-8 become U+FFFD.
    static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%"), let value = hex(rest.prefix(2)) {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func hex(_ digits: Substring.UTF8View.SubSequence) -> UInt8? {
        guard digits.count == 2, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
        return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
