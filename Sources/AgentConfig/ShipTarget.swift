import EventModel
import FileOutput
import HTTPOutput
import LumberjackOutput
import Publishing
import TCPOutput
import Transport

/// The URL of `needletail ship --to`.
///
/// | URL | output |
/// |---|---|
/// | `lumberjack://host[:5044]`, `lumberjacks://` with TLS | `logstash` |
/// | `tcp://host:port`, `tcps://` with TLS | `tcp` |
/// | `http://…`, `https://…` | `http`, the URL as it is; `user:password@` becomes basic authentication |
/// | `kafka://broker[:9092]/topic`, `kafkas://` with TLS | `kafka`; `user:password@` becomes SASL |
/// | `es+http://host:9200/index`, `es+https://…` | `elasticsearch`; without an index its default |
/// | `otlp+http://host:4318`, `otlp+https://` | `otlp`; `/v1/logs` where there is no path |
/// | `loki+http://host:3100`, `loki+https://` | `loki`; `/loki/api/v1/push` where there is no path |
/// | `file:///directory/` or `file:///directory/name.ndjson` | `file` |
/// | `-` | `console` |
///
/// All but `http` take settings of their output behind a `?`: `lumberjacks://host?ssl.certificate_authorities=/ca.pem`.
package enum ShipTarget {
    package static func parse(_ text: String) throws(ConfigurationErrors) -> OutputPlan {
        var problems = Problems()
        let place = Place(source: 0, name: "--to", line: 0, column: 0)
        if text == "-" { return OutputPlan(name: "console", kind: .console(ConsoleOutputSettings())) }
        guard let url = HostURL(text) else {
            problems.add(.value, place, "expected a URL such as lumberjack://host:5044, or '-' for standard output")
            throw problems.sortedErrors ?? ConfigurationErrors(errors: [])
        }
        var reader = ConfigReader(variables: Variables(environment: [:]), problems: problems)
        let plan = reader.plan(url, text, place)
        if let errors = reader.problems.sortedErrors { throw errors }
        return plan ?? OutputPlan(name: "console", kind: .console(ConsoleOutputSettings()))
    }

    fileprivate static let schemes = [
        "lumberjack", "lumberjacks", "tcp", "tcps", "http", "https", "es+http", "es+https", "kafka", "kafkas",
        "otlp+http", "otlp+https", "loki+http", "loki+https", "file",
    ]
}

extension ConfigReader {
    fileprivate mutating func plan(_ url: HostURL, _ text: String, _ place: Place) -> OutputPlan? {
        func scalar(_ text: String) -> ConfigNode {
            ConfigNode(content: .scalar(text, quoted: true), place: place)
        }
        var entries: [ConfigEntry] = []
        func set(_ key: String, _ value: String, _ problems: inout Problems) {
            entries.insert(key.split(separator: ".")[...], scalar(Self.escaped(value)), place, &problems)
        }
        let kind: String
        switch url.scheme {
        case "lumberjack", "lumberjacks", "tcp", "tcps":
            kind = url.scheme.hasPrefix("tcp") ? "tcp" : "logstash"
            set("hosts", url.authority, &problems)
            if url.scheme.hasSuffix("s") { set("ssl.enabled", "true", &problems) }
            if url.user != nil || !["", "/"].contains(url.path) {
                problems.add(.value, place, "\(url.scheme):// takes a host and a port, and settings behind '?'")
            }
        case "http", "https":
            kind = "http"
            set("hosts", text, &problems)
        case "kafka", "kafkas":
            kind = "kafka"
            set("hosts", url.authority, &problems)
            set("topic", HostURL.decoded(url.path.dropFirst()), &problems)
            if url.scheme == "kafkas" { set("ssl.enabled", "true", &problems) }
            if let user = url.user { set("username", user, &problems) }
            if let password = url.password { set("password", password, &problems) }
            if url.path.count < 2 {
                problems.add(.value, place, "the topic is missing: kafka://broker:9092/topic")
            }
        case "es+http", "es+https":
            kind = "elasticsearch"
            let slash = url.path.lastIndex(of: "/") ?? url.path.startIndex
            let index = HostURL.decoded(url.path[slash...].dropFirst())
            let end = text.firstIndex(of: "?") ?? text.endIndex
            let whole = text[..<end].dropFirst(3)
            set("hosts", String(whole.dropLast(url.path[slash...].utf8.count)), &problems)
            if !index.isEmpty { set("index", index, &problems) }
        case "otlp+http", "otlp+https", "loki+http", "loki+https":
            kind = String(url.scheme.prefix { $0 != "+" })
            set("hosts", String(text.dropFirst(kind.count + 1).prefix { $0 != "?" }), &problems)
        case "file":
            kind = "file"
            let slash = url.path.lastIndex(of: "/") ?? url.path.startIndex
            let directory = HostURL.decoded(url.path[..<slash])
            var name = HostURL.decoded(url.path[slash...].dropFirst())
            if name.hasSuffix(".ndjson") { name.removeLast(7) }
            set("path", directory.isEmpty ? "/" : directory, &problems)
            if !name.isEmpty { set("filename", name, &problems) }
            if !url.authority.isEmpty || url.path.isEmpty {
                problems.add(.value, place, "a file URL has three slashes and a whole path: file:///var/log/archive/")
            }
        default:
            refuseScheme(url.scheme, place)
            return nil
        }
        if kind != "http" {
            for pair in url.query?.split(separator: "&") ?? [] {
                let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                set(HostURL.decoded(parts[0]), parts.count > 1 ? HostURL.decoded(parts[1]) : "true", &problems)
            }
        }
        return plan(kind, kind, entries, "", PipelineSettings(), place)
    }

    /// Kept as it is: a shell replaces the variables of a command line.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
    }

    private mutating func refuseScheme(_ scheme: String, _ place: Place) {
        let known = ShipTarget.schemes.map { "\($0)://" }.joined(separator: ", ")
        let guess = Suggestion.nearest(to: scheme, among: ShipTarget.schemes).map { "; did you mean \($0)://?" }
        problems.add(.value, place, "unknown scheme \(scheme)://\(guess ?? "; there are \(known) and '-'")")
    }
}
