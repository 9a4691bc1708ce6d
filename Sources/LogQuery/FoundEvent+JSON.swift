import EventFields
package import EventModel
import LogStore

extension FoundEvent {
    /// An event as an answer of the API tells it (`ResultJSON.event`); nil when that is none. The original is written anew,
    /// without blanks.
    package init?(json: JSONObject) {
        func text(_ name: String) -> [UInt8] { json[name]?.text ?? [] }
        guard let key = EventKey(String(decoding: text("key"), as: UTF8.self)),
            let time = EventTime.nanoseconds(of: text("time").span)
        else { return nil }
        self.init(
            key: key, time: time, received: EventTime.nanoseconds(of: text("received").span) ?? time,
            severity: Severity(name: text("level").span), service: text("service"), host: text("host"),
            file: text("file"), trace: text("trace_id"), span: text("span_id"), parentSpan: text("parent_span_id"),
            request: text("request_id"), id: text("id"), message: text("message"),
            original: json["event"]?.compact ?? [])
    }
}
