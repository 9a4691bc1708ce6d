/// What full text leaves out, and objects that are looked through. Index and search both go by this list, so that what
/// the one leaves out the other does not look for.
package enum NoiseFields {
    /// Constants that a shipper adds to each event, and numbers nobody searches for. The time is left out as well.
    static let paths = [
        "agent.ephemeral_id", "agent.hostname", "agent.id", "agent.name", "agent.type", "agent.version", "ecs.version",
        "input.type", "log.file.fingerprint", "log.file.inode", "log.file.device_id", "log.file.idxhi",
        "log.file.idxlo", "log.file.vol", "log.offset",
    ]

    /// All below this one too.
    static let subtree: StaticString = "@metadata."

    /// Objects that shippers and libraries put the service's fields into: `json.trace_id` is found as `trace_id` is.
    /// Filebeat; Fluent Bit; Rust's tracing, Filebeat; OTel (three); Serilog; log4j2; logback (two); ECS; others.
    static let wrappers = [
        "json", "log_processed", "fields", "attributes", "resource", "resourceAttributes", "Properties", "contextMap",
        "mdc", "MDC", "labels", "context", "extra", "jsonPayload", "body",
    ]
}
