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

    /// Index and pipeline are the same for all events, so that they go into the URL.
    var isConstant: Bool { index.constant != nil && pipeline.constant != nil }
    /// Something in an event other than its time decides where it goes.
    var dependsOnFields: Bool { index.dependsOnFields || pipeline.dependsOnFields }

    /// From the brace to the quote in front of the id: `{"create":{"_index":"logs","_id":"`.
    /// - Parameter index: nil where the URL names it.
    func head(index: [UInt8]?, pipeline: [UInt8]?) -> [UInt8] {
        var head = Array("{\"\(operation.rawValue)\":{".utf8)
        if let index { head += Array("\"_index\":".utf8) + JSONEscape.quoted(bytes: index) + [0x2c] }
        if let pipeline, !pipeline.isEmpty {
            head += Array("\"pipeline\":".utf8) + JSONEscape.quoted(bytes: pipeline) + [0x2c]
        }
        return head + Array("\"_id\":\"".utf8)
    }

    /// Path and query of a bulk request below a host's own path.
    func target(_ parameters: [ElasticsearchSettings.Parameter]) -> String {
        var path = "/_bulk"
        var query = ["filter_path=errors,items.*.status,items.*.error.type,items.*.error.reason"]
        if isConstant, let index = index.constant {
            path = "/\(BulkPlan.percentEncoded(index))/_bulk"
            if let pipeline = pipeline.constant, !pipeline.isEmpty {
                query.append("pipeline=\(BulkPlan.percentEncoded(pipeline))")
            }
        }
        for parameter in parameters where parameter.name != "filter_path" {
            query.append(
                "\(BulkPlan.percentEncoded(parameter.name.utf8))=\(BulkPlan.percentEncoded(parameter.value.utf8))")
        }
        return "\(path)?\(query.joined(separator: "&"))"
    }

    /// https://www.rfc-editor.org/rfc/rfc3986#section-2.3
    static func percentEncoded(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                || "-._~".utf8.contains(byte)
            text += isPlain ? [byte] : [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return String(decoding: text, as: UTF8.self)
    }
}
