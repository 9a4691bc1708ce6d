import EventModel
import Logging
import Testing

import HTTPOutput
@testable import HTTPTransport

@Suite struct TargetURLTests {
    private static let schemes = ["http": 80, "https": 443]

    @Test(arguments: [
        ("http://host", "http://host:80/", "http://host:80/"),
        ("HTTPS://host/a/b?token=x#part", "https://host:443/a/b?token=x", "https://host:443/a/b"),
        ("http://u:p@host:9200/_bulk", "http://host:9200/_bulk", "http://host:9200/_bulk"),
        ("https://[::1]:8443/x", "https://[::1]:8443/x", "https://[::1]:8443/x"),
        ("http://host?q=1", "http://host:80/?q=1", "http://host:80/"),
    ])
    func `a URL keeps its secrets to itself`(_ text: String, _ url: String, _ endpoint: String) throws {
        let target = try #require(TargetURL(text, schemes: Self.schemes))
        #expect(target.url == url)
        #expect(target.endpoint == endpoint)
    }

    @Test(arguments: [
        "", "host:80", "ftp://host/", "http://", "http:///path", "http://host:0/", "http://host:70000/",
        "http://host:x/",
        "http://ho st/", "http://host/a b", "http://u%zz:p@host/",
    ])
    func `what is no URL is refused when the output is made`(_ text: String) {
        #expect(TargetURL(text, schemes: Self.schemes) == nil)
        var settings = HTTPSettings()
        settings.client.hosts = [text]
        #expect(throws: HTTPTransportError.self) {
            try HTTPOutput(settings, userAgent: "x", logger: HTTPContractTests.quiet)
        }
    }

    @Test func `settings that cannot work are named`() {
        func code(_ adjust: (inout HTTPSettings) -> Void) -> HTTPTransportError.Code? {
            var settings = HTTPSettings()
            settings.client.hosts = ["http://127.0.0.1:1/"]
            adjust(&settings)
            do {
                _ = try HTTPOutput(settings, userAgent: "x", logger: HTTPContractTests.quiet)
                return nil
            } catch { return error.code }
        }
        #expect(code { $0.client.hosts = [] } == .noHosts)
        #expect(code { $0.client.proxyURL = "proxy:3128" } == .invalidProxy)
        #expect(code { $0.client.headers = [.init(name: "bad name", value: Secret("x"))] } == .invalidHeader)
        #expect(code { $0.client.headers = [.init(name: "X", value: Secret("a\r\nb: c"))] } == .invalidHeader)
    }
}
