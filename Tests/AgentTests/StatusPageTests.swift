import Agent
import EventModel
import Publishing
import Testing

struct StatusPageTests {
    @Test func `the statistics of one pipeline are these`() {
        let expected = """
            {
              "agent": {
                "type": "needletail",
                "version": "1.2.3",
                "id": "8c1b0f7e-0000-4000-8000-000000000001",
                "hostname": "web-1",
                "pid": 42,
                "started": "2026-01-22T16:34:53.963Z",
                "time": "2026-01-22T16:35:53.963Z",
                "uptime_seconds": 60.000,
                "stopping": false,
                "config_warnings": []
              },
              "registry": {
                "trouble": null,
                "recovery": null
              },
              "pipelines": {
                "logstash": {
                  "output": {
                    "type": "logstash",
                    "endpoint": "logs.example:5044",
                    "last_failure": null
                  },
                  "paused": null,
                  "lag": {
                    "bytes": 123456,
                    "seconds": 1.500
                  },
                  "bytes": {
                    "read": 1000000,
                    "settled": {
                      "delivered": 900000,
                      "filtered": 50000,
                      "dead_letter": 100
                    },
                    "pending": 49900,
                    "unaccounted": 0
                  },
                  "events": {
                    "read": 3200,
                    "delivered": 2900,
                    "filtered": 139,
                    "dead_letter": 1,
                    "dead_letter_evicted": 9,
                    "invalid_utf8": 7,
                    "parse_errors": 8,
                    "partial_success_rejected": 5,
                    "labels_replaced": 6
                  },
                  "deliveries": {
                    "batches": 12,
                    "retries": 2,
                    "failures": {
                      "timeout": 2
                    },
                    "in_flight": 2,
                    "in_flight_bytes": 40000
                  },
                  "budget": {
                    "bytes": 16777216,
                    "used": 65536
                  },
                  "files": {
                    "known": 40,
                    "active": 3,
                    "open": 5
                  }
                }
              }
            }

            """
        #expect(StatusPage.render(StatusExample.agent()) == expected)
    }

    @Test(arguments: [
        ("plain", "\"plain\""), ("a\"b\\c", #""a\"b\\c""#), ("\n\r\t", #""\n\r\t""#),
        ("\u{0}\u{1b}", #""\u0000\u001b""#), ("äß€😀", "\"äß€😀\""),
    ])
    func `a string becomes a JSON string`(_ text: String, _ expected: String) {
        #expect(JSONTree.string(text).text() == expected)
    }

    @Test func `a document can be on one line or indented`() {
        let document = JSONTree.object([("a", .array([.integer(-1), .null])), ("b", .object([]))])
        #expect(document.text() == #"{"a":[-1,null],"b":{}}"#)
        #expect(document.text(indented: true) == "{\n  \"a\": [\n    -1,\n    null\n  ],\n  \"b\": {}\n}")
    }
}
