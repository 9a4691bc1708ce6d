import ByteTools
import EventModel
import HTTPTransport

/// The settings of the output, made ready for its bodies and its requests.
///
/// - Shape: one per output, shared by its lanes; nothing in it changes.
struct BulkPlan: Sendable {
    let operation: ElasticsearchSettings.Operation
    let index: TargetSelector
    let pipeline: TargetSelector
    let compressionLevel: Int

    init(_ settings: ElasticsearchSettings, version: String) throws(HTTPTransportError) {
        operation = settings.operation
        compressionLevel = settings.client.compressionLevel
        index = try TargetSelector(settings.index, version: version, isIndex: true)
        pipeline = try TargetSelector(settings.pipeline, version: version, isIndex: false)
    }

    /// Index and pipeline are the same for all events, so that each action begins with the same bytes.
    var isConstant: Bool { index.constant != nil && pipeline.constant != nil }
    /// Something in an event other than its time decides where it goes.
    var dependsOnFields: Bool { index.dependsOnFields || pipeline.dependsOnFields }

    /// From the brace to the quote in front of the id: `{"create":{"_index":"logs","_id":"`.
    func head(index: [UInt8], pipeline: [UInt8]?) -> [UInt8] {
        var head = Array("{\"\(operation.rawValue)\":{\"_index\":".utf8) + JSONEscape.quoted(bytes: index) + [0x2c]
        if let pipeline, !pipeline.isEmpty {
            head += Array("\"pipeline\":".utf8) + JSONEscape.quoted(bytes: pipeline) + [0x2c]
        }
        return head + Array("\"_id\":\"".utf8)
    }

    /// Path and query of a bulk request below a host's own path.
    ///
    /// The index stands in the actions, never in the path: VictoriaLogs and others know `/_bulk` alone.
    func target(_ parameters: [ElasticsearchSettings.Parameter]) -> String {
        var query = ["filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason"]
        if isConstant, let pipeline = pipeline.constant, !pipeline.isEmpty {
            query.append("pipeline=\(PercentEncoding.encode(pipeline))")
        }
        for parameter in parameters where parameter.name != "filter_path" {
            query.append(
                "\(PercentEncoding.encode(parameter.name.utf8))=\(PercentEncoding.encode(parameter.value.utf8))")
        }
        return "/_bulk?\(query.joined(separator: "&"))"
    }
}
