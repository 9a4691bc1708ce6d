import AgentConfig
import HTTPTypes
package import Hummingbird
import LogQuery
import LogStore

/// `POST /v1/logs`: OTLP over HTTP, protobuf or JSON.
///
/// - Source: opentelemetry-proto, `docs/specification.md`, "OTLP/HTTP".
package struct OTLPRoutes: CollectorRoutes {
    private let receiver: HTTPReceiver

    package init(_ receiver: HTTPReceiver) { self.receiver = receiver }

    package func add(to router: Router<CollectorContext>) {
        router.post("/v1/logs") { request, context in
            let kind = OTLPKind(request.headers[.contentType])
            do {
                guard let kind else {
                    throw RequestFailure(
                        415, "illegal_argument_exception", "Content-Type is application/x-protobuf or application/json")
                }
                return try await export(request, context, kind)
            } catch let failure as RequestFailure {
                return failure.finish((kind ?? .json).answer(failure))
            }
        }
    }

    private func export(
        _ request: Request, _ context: CollectorContext, _ kind: OTLPKind
    ) async throws -> Response {
        let body = try await receiver.body(request, context)
        let limits = OTLPLimits(event: receiver.limits.event, events: receiver.limits.body)
        let batch = try kind.events(body.takeBytes(), limits)
        let stored = try await receiver.store(batch, body, .otlp, request, context)
        let refused = stored.count { $0 == .tooLarge || $0 == .invalid }
        return kind.answer(refused: refused)
    }
}

/// The two encodings of OTLP over HTTP.
enum OTLPKind: String, Sendable {
    case protobuf = "application/x-protobuf"
    case json = "application/json"

    init?(_ contentType: String?) {
        let text = contentType.map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
        switch text {
        case "application/x-protobuf", "application/protobuf": self = .protobuf
        case "application/json": self = .json
        default: return nil
        }
    }

    func events(_ body: [UInt8], _ limits: OTLPLimits) throws -> EventBatch {
        switch self {
        case .json: return try OTLPJSON.events(body, limits)
        case .protobuf:
            do {
                return try OTLPProtobuf.events(body, limits)
            } catch let error as ProtobufError {
                throw RequestFailure.badRequest(
                    "the body is no ExportLogsServiceRequest: \(error.message), at byte \(error.at)")
            }
        }
    }

    /// `ExportLogsServiceResponse`: empty when all is well, else `partial_success` with what was not taken and why.
    func answer(refused: Int) -> Response {
        let why = "larger than collector.limits.event"
        switch self {
        case .json:
            let partial = refused > 0 ? #""rejectedLogRecords":"\#(refused)","errorMessage":"\#(why)""# : ""
            return CollectorResponse.json(#"{"partialSuccess":{\#(partial)}}"#)
        case .protobuf:
            guard refused > 0 else { return CollectorResponse.plain([], rawValue) }
            let inner = ProtobufWriter.varint(1, UInt64(refused)) + ProtobufWriter.bytes(2, Array(why.utf8))
            return CollectorResponse.plain(ProtobufWriter.bytes(1, inner), rawValue)
        }
    }

    /// `google.rpc.Status`: code and message.
    func answer(_ failure: RequestFailure) -> Response {
        let code: UInt64 =
            switch failure.status {
            case 400, 415: 3
            case 413, 429: 8
            default: 14
            }
        switch self {
        case .json:
            var json = JSONBuilder()
            json.object {
                $0.member("code", Int(code))
                $0.member("message", failure.reason)
            }
            return CollectorResponse.json(json.bytes, status: failure.status)
        case .protobuf:
            let message = ProtobufWriter.varint(1, code) + ProtobufWriter.bytes(2, Array(failure.reason.utf8))
            return CollectorResponse.plain(message, rawValue, status: failure.status)
        }
    }
}

/// The few protobuf fields that answers are made of.
enum ProtobufWriter {
    static func varint(_ field: UInt64, _ value: UInt64) -> [UInt8] { number(field << 3) + number(value) }

    static func bytes(_ field: UInt64, _ value: [UInt8]) -> [UInt8] {
        number(field << 3 | 2) + number(UInt64(value.count)) + value
    }

    private static func number(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
