import Testing

@testable import HTTPTransport

@Suite struct RetryAfterTests {
    @Test(arguments: [
        "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
    ])
    func `all three forms of a date are one time`(_ text: String) {
        #expect(RetryAfter.secondsSince1970(text) == 784_111_777)
        #expect(RetryAfter.parse(text, now: 784_111_700) == .seconds(77))
        #expect(RetryAfter.parse(text, now: 784_111_778) == .zero)
    }

    @Test(arguments: [
        ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Thu, 29 Feb 2024 12:00:00 GMT", 1_709_208_000),
        ("Fri, 31 Dec 1999 23:59:60 GMT", 946_684_800), ("Mon, 23 Nov 2026 06:00:00 GMT", 1_795_413_600),
    ])
    func `dates are counted in the Gregorian calendar`(_ text: String, _ seconds: Int) {
        #expect(RetryAfter.secondsSince1970(text) == Int64(seconds))
    }

    @Test(arguments: [
        "", " ", "soon", "-1", "1.5", "12 Nov", "Sun, 06 Foo 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49 GMT",
    ])
    func `nonsense is no time`(_ text: String) {
        #expect(RetryAfter.parse(text, now: 0) == nil)
    }

    @Test func `a number may have blanks around it, and no server stops us for ever`() {
        #expect(RetryAfter.parse(" 120\t", now: 0) == .seconds(120))
        #expect(RetryAfter.parse("86400", now: 0) == RetryAfter.maximum)
        #expect(RetryAfter.parse("99999999999999999999999", now: 0) == RetryAfter.maximum)
    }
}
