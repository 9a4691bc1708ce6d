import LogQuery
import Testing

@Suite struct QueryErrorTests {
    /// The part of the query that the error points at.
    @Test(
        arguments: [
            (#"level:lunch"#, "lunch"),
            (#"a "b c"#, #""b c"#),
            (#"(a OR b"#, "("),
            (#"a) b"#, ")"),
            (#"a OR"#, ""),
            (#"OR a"#, "OR"),
            (#"AND"#, "AND"),
            (#"user.id:"#, "user.id:"),
            (#"user.id: x"#, "user.id:"),
            (#"status:>=many"#, ">=many"),
            (#"a b*c"#, "*c"),
            (#"x "!?""#, #""!?""#),
            (#"since:lunch a"#, "lunch"),
            (#"(since:15m a)"#, "since:15m"),
            (#"NOT since:15m"#, "since:15m"),
            (#"a OR since:15m"#, "since:15m"),
            (#"level:>fatal"#, ">fatal"),
            (#"level:error..debug"#, "error..debug"),
            (#"status:9..5"#, "9..5"),
            (#"ü level:ü"#, "ü"),
        ])
    func `an error points at its place`(_ query: String, _ part: String) throws {
        let error = #expect(throws: QueryError.self) { try Query(parsing: query, now: 0) }
        let bytes = Array(query.utf8)
        let range = try #require(error?.range)
        #expect(range.upperBound <= bytes.count)
        #expect(String(decoding: bytes[range], as: UTF8.self) == part)
        #expect(error?.message.isEmpty == false)
    }

    @Test func `too long and too deep queries are refused`() {
        #expect(throws: QueryError.self) { try Query(parsing: String(repeating: "a ", count: 5000), now: 0) }
        #expect(throws: QueryError.self) {
            try Query(parsing: String(repeating: "(", count: 100) + "a" + String(repeating: ")", count: 100), now: 0)
        }
        #expect(throws: QueryError.self) { try Query(parsing: String(repeating: "-", count: 100) + "a", now: 0) }
    }

    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func `random queries end in a tree or an error inside the query`(_ seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let parts = [
            "a", "b:", "(", ")", "\"", "AND", "OR", "NOT ", "-", "*", ":", ">=", "..", "5", " ", "since:", "1m",
            "level:", "é", "\\", "=", "\u{0}",
        ]
        for _ in 0..<3000 {
            let query = (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random)! }
                .joined()
            do {
                _ = try Query(parsing: query, now: 0)
            } catch {
                #expect(error.range.lowerBound >= 0 && error.range.upperBound <= query.utf8.count, "\(query)")
            }
        }
    }
}
