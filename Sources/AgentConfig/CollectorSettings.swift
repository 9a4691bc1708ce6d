package import EventModel
package import Transport

/// Everything that the configuration says of the collector, checked, with the defaults filled in.
package struct CollectorSettings: Sendable, Equatable {
    package var lumberjack = CollectorListenerSettings(port: 5044)
    package var http = CollectorListenerSettings(port: 5080)
    /// `collector.auth.token`: what HTTP clients must show.
    package var token: Secret?
    package var limits = CollectorLimits()
    package var store = CollectorStoreSettings()
    package var fields = CollectorFields()
    /// `collector.trace_url`: an address with `{trace_id}` in it, for a link beside each trace.
    package var traceURL: String?
    /// `path.data`: where the store lies.
    package var dataPath = ""
    package var logging = LoggingSettings()
    /// `collector.shutdown_timeout`: how long a stop waits for what is in flight.
    package var shutdownTimeout = Duration.seconds(10)
    /// What the operator should know though the collector starts; each is one line.
    package var warnings: [String] = []

    package init() {}

    /// Where the store lies when nothing is said: where systemd has made room for the service, else of the system for root,
    /// of the user for others.
    package static func defaultDataPath(_ environment: [String: String], isRoot: Bool) -> String {
        if let state = environment["STATE_DIRECTORY"], state.hasPrefix("/") { return state }
        if isRoot { return "/var/lib/needletail-collector" }
        if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return data + "/needletail/collector" }
        if let home = environment["HOME"], home.hasPrefix("/") { return home + "/.local/share/needletail/collector" }
        return "/var/lib/needletail-collector"
    }
}

/// `collector.lumberjack.*` and `collector.http.*`.
package struct CollectorListenerSettings: Sendable, Equatable {
    package var enabled = true
    package var host = "127.0.0.1"
    /// 0: one that is free.
    package var port: Int
    package var tls: TLSServerSettings?

    package init(port: Int = 0) { self.port = port }

    /// Only this host can reach it.
    package var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }

    package var usesTLS: Bool { tls?.enabled ?? false }
}

/// `collector.limits.*`: what clients may take of the host.
package struct CollectorLimits: Sendable, Equatable {
    /// Bytes of events of all clients together that wait to be stored.
    package var memory = 128 << 20
    /// Bytes of one HTTP body, after it is decompressed.
    package var body = 64 << 20
    /// Bytes of one event.
    package var event = 16 << 20
    /// Of each listener.
    package var connections = 1024
    /// A connection on which nothing happens for so long is closed.
    package var idleTimeout = Duration.seconds(300)
    /// A client that has begun to send something and then does not go on for so long is shut out.
    package var stallTimeout = Duration.seconds(30)

    package init() {}
}

/// `collector.store.*`.
package struct CollectorStoreSettings: Sendable, Equatable {
    package var segmentBytes = 1 << 30
    package var retentionAge = Duration.seconds(7 * 86_400)
    package var retentionBytes = 10 << 30
    package var queueBytes = 64 << 20

    package init() {}
}

/// `collector.fields.*`: more names under which services write what the store has columns for.
package struct CollectorFields: Sendable, Equatable {
    package var time: [String] = []
    package var level: [String] = []
    package var service: [String] = []
    package var trace: [String] = []
    package var span: [String] = []
    package var parentSpan: [String] = []
    package var request: [String] = []
    package var host: [String] = []
    package var file: [String] = []
    package var message: [String] = []
    package var eventID: [String] = []

    package init() {}
}
