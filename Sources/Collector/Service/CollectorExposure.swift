package import AgentConfig
import Transport

/// Whether the listeners may be reached by others, and are safe enough for that.
package enum CollectorExposure {
    /// What is wrong; one line for each listener that others can reach without TLS, or without showing who they are.
    package static func problems(_ settings: CollectorSettings) -> [String] {
        var problems: [String] = []
        if settings.lumberjack.enabled {
            let asks = settings.lumberjack.usesTLS && settings.lumberjack.tls?.requiresClients == true
            problems += check(settings.lumberjack, "collector.lumberjack", asks: asks, how: "client certificates")
        }
        if settings.http.enabled {
            let asks = settings.token != nil || (settings.http.usesTLS && settings.http.tls?.requiresClients == true)
            problems += check(
                settings.http, "collector.http", asks: asks, how: "collector.auth.token, or client certificates")
        }
        return problems
    }

    private static func check(
        _ listener: CollectorListenerSettings, _ name: String, asks: Bool, how: String
    ) -> [String] {
        guard !listener.isLoopback else { return [] }
        var missing: [String] = []
        if !listener.usesTLS { missing.append("\(name).ssl.certificate and .key (TLS)") }
        if !asks { missing.append("\(how) (\(name).ssl.certificate_authorities)") }
        guard !missing.isEmpty else { return [] }
        return [
            "\(name).host is \(listener.host), so others on the network can reach it: set "
                + missing.joined(separator: " and ") + ", or start with --insecure"
        ]
    }
}
