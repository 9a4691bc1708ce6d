/// The fields of ECS that `normalize: ecs` writes, in the order in which they stand in the event.
///
/// - Source: Elastic Common Schema 8, https://www.elastic.co/guide/en/ecs/8.17/ecs-field-reference.html
package enum ECSField: UInt8, Sendable, CaseIterable {
    case time, level, logger, origin, message, errorMessage, stackTrace, trace, span, service, request, process, host

    package var path: String {
        switch self {
        case .time: "@timestamp"
        case .level: "log.level"
        case .logger: "log.logger"
        case .origin: "log.origin"
        case .message: "message"
        case .errorMessage: "error.message"
        case .stackTrace: "error.stack_trace"
        case .trace: "trace.id"
        case .span: "span.id"
        case .service: "service.name"
        case .request: "http.request.id"
        case .process: "process.pid"
        case .host: "host.name"
        }
    }

    /// The object at the root of the event that it is in; its own name where it is in none.
    package var root: String { String(path.split(separator: ".")[0]) }

    /// What scans look for it by; nil for what is only written.
    package var role: EventRole? {
        switch self {
        case .time: .time
        case .level: .level
        case .message: .message
        case .trace: .trace
        case .span: .span
        case .service: .service
        case .request: .request
        case .host: .host
        case .logger, .origin, .errorMessage, .stackTrace, .process: nil
        }
    }
}

extension FieldAliases {
    /// The names at the root of a line that stand for a field: ECS's own first, then those of the table in their order.
    ///
    /// Other names with a dot or slash in them are somebody's fields already (`kubernetes.container.name`,
    /// `dd.trace_id`), and keep their names.
    package func names(of field: ECSField) -> [(name: String, form: Form)] {
        var names = [(name: field.path, form: Form.plain)]
        if let role = field.role {
            names += aliases.filter { $0.role == role }.map { ($0.name, $0.form) }
        } else {
            names += FieldAliases.onlyWritten[field, default: []].map { ($0, .plain) }
        }
        return names.enumerated().filter { index, alias in
            index == 0 || (alias.name != field.path && !alias.name.contains { $0 == "." || $0 == "/" })
        }.map(\.element)
    }
}
