/// How events come in.
package enum CollectorProtocol: String, Sendable, CaseIterable {
    case lumberjack, bulk, otlp, ndjson
}
