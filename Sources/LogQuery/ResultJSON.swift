import EventFields
import LogStore

/// The answers as JSON: the API's, and that of `--json`.
///
/// Times are RFC 3339 in UTC with nanoseconds. What an event does not say is left out. Bytes that are no UTF-8 are shown
/// as `\xNN`.
package enum ResultJSON {
    /// How much of each event is told.
    package enum Form: Sendable {
        /// All of it.
        case whole
        /// What a list of lines shows: without the original, long texts cut.
        case brief

        fileprivate func cut(_ text: [UInt8], at length: Int) -> [UInt8] {
            guard self == .brief, text.count > length else { return text }
            var end = length
            // Not within a character.
            while end > 0, text[end] & 0xc0 == 0x80 { end -= 1 }
            return Array(text[..<end])
        }
    }

    /// One event, as it stands in every answer.
    package static func event(_ event: FoundEvent, gap: Int64? = nil, form: Form = .whole) -> [UInt8] {
        var json = JSONBuilder()
        json.object { json in
            json.member("key", event.key.description)
            json.member("time", TimeStamp.text(event.time))
            json.member("received", TimeStamp.text(event.received))
            json.member("level", event.severity.name)
            for (name, value) in [
                ("service", event.service), ("host", event.host), ("file", event.file), ("trace_id", event.trace),
                ("span_id", event.span), ("parent_span_id", event.parentSpan), ("request_id", event.request),
                ("id", event.id), ("message", event.message),
            ] where !value.isEmpty { json.member(name, form.cut(value, at: name == "message" ? 2000 : 300)) }
            if let gap { json.member("gap_ms", Double(gap) / 1e6) }
            guard form == .whole else { return }
            json.name("event")
            json.raw(event.original)
        }
        return json.bytes
    }

    /// - Parameter position: where to begin to follow what comes after this page.
    package static func page(
        _ page: SearchPage, took: Duration, form: Form = .whole, position: Int64? = nil
    ) -> [UInt8] {
        var json = JSONBuilder()
        json.object { json in
            json.name("events")
            json.array { json in for event in page.events { json.raw(self.event(event, form: form)) } }
            json.name("next")
            if let next = page.next { json.string(next.description) } else { json.null() }
            json.member("cut", page.isCut)
            if let position { json.member("position", position) }
            tail(&json, page.searched, page.problems, took)
        }
        return json.bytes
    }

    package static func histogram(_ overview: Overview, took: Duration) -> [UInt8] {
        var json = JSONBuilder()
        let histogram = overview.histogram
        json.object { json in
            json.member("from", TimeStamp.text(histogram.from))
            json.member("to", TimeStamp.text(histogram.to))
            json.member("interval_ms", Double(histogram.interval) / 1e6)
            json.member("total", histogram.total)
            estimate(&json, overview)
            json.name("buckets")
            json.array { json in for bucket in histogram.buckets { self.bucket(&json, bucket) } }
            tail(&json, overview.searched, overview.problems, took)
        }
        return json.bytes
    }

    private static func bucket(_ json: inout JSONBuilder, _ bucket: Histogram.Bucket) {
        json.object { json in
            json.member("time", TimeStamp.text(bucket.time))
            json.member("total", bucket.total)
            json.name("levels")
            json.object { json in
                for (level, count) in zip(levelNames, bucket.levels) where count > 0 { json.member(level, count) }
            }
        }
    }

    private static let levelNames = ["unknown", "trace", "debug", "info", "warn", "error", "fatal"]

    package static func facets(_ overview: Overview, took: Duration) -> [UInt8] {
        var json = JSONBuilder()
        let facets = overview.facets
        json.object { json in
            estimate(&json, overview)
            for (name, counts) in [
                ("service", facets.service), ("level", facets.level), ("host", facets.host), ("file", facets.file),
            ] {
                json.name(name)
                json.array { json in
                    for count in counts {
                        json.object { json in
                            json.member("value", count.value)
                            json.member("count", count.count)
                        }
                    }
                }
            }
            tail(&json, overview.searched, overview.problems, took)
        }
        return json.bytes
    }

    /// - Parameter link: the trace's address in a viewer, when one is configured.
    package static func trace(
        _ trace: Trace, took: Duration, form: Form = .whole, link: String? = nil
    ) -> [UInt8] {
        var json = JSONBuilder()
        json.object { json in
            json.member("trace_id", trace.id)
            if let link { json.member("url", link) }
            for (name, time) in [("from", trace.from), ("to", trace.to)] {
                json.name(name)
                if let time { json.string(TimeStamp.text(time)) } else { json.null() }
            }
            json.member("cut", trace.isCut)
            json.name("services")
            json.array { json in for service in trace.services { json.string(service) } }
            json.name("events")
            json.array { json in for line in trace.lines { json.raw(event(line.event, gap: line.gap, form: form)) } }
            json.name("spans")
            json.array { json in for node in trace.spans { span(&json, node) } }
            json.member("took_ms", milliseconds(took))
        }
        return json.bytes
    }

    private static func span(_ json: inout JSONBuilder, _ node: Trace.Node) {
        json.object { json in
            for (name, value) in [("span_id", node.span), ("parent_span_id", node.parent)] {
                json.name(name)
                if value.isEmpty { json.null() } else { json.string(value) }
            }
            json.member("service", node.service)
            json.member("from", TimeStamp.text(node.from))
            json.member("to", TimeStamp.text(node.to))
            json.name("events")
            json.array { json in for line in node.lines { json.number(line) } }
            json.name("children")
            json.array { json in for child in node.children { span(&json, child) } }
        }
    }

    /// An error's answer; the place is that in the query.
    package static func error(_ message: String, at range: Range<Int>? = nil) -> [UInt8] {
        var json = JSONBuilder()
        json.object { json in
            json.name("error")
            json.object { json in
                json.member("message", message)
                if let range {
                    json.member("at", range.lowerBound)
                    json.member("length", range.count)
                }
            }
        }
        return json.bytes
    }

    private static func estimate(_ json: inout JSONBuilder, _ overview: Overview) {
        json.member("estimated", overview.isEstimated)
        json.member("sampled", overview.sampled)
    }

    private static func tail(
        _ json: inout JSONBuilder, _ searched: Searched, _ problems: [StoreError], _ took: Duration
    ) {
        json.member("took_ms", milliseconds(took))
        json.name("searched")
        json.object { json in
            json.member("blocks", searched.blocks)
            json.member("events", searched.events)
        }
        if !problems.isEmpty {
            json.name("problems")
            json.array { json in for problem in problems { json.string(problem.description) } }
        }
    }

    private static func milliseconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) * 1000 + Double(duration.components.attoseconds) / 1e15
    }
}
