package import FileInput

/// Everything that the configuration says, checked, with the defaults filled in.
package struct AgentSettings: Sendable, Equatable {
    /// `agent.name` and `host.name`; empty: the host's name.
    package var name = ""
    /// The enabled inputs. The top-level `tags`, `fields` and `fields_under_root` are merged into each of them.
    package var inputs: [FileInputSettings] = []
    package var outputs: [OutputPlan] = []
    package var paths = PathSettings()
    package var status = StatusSettings()
    package var logging = LoggingSettings()
    /// `filebeat.shutdown_timeout`: how long a stop waits for acknowledgements.
    package var shutdownTimeout = Duration.seconds(5)
    /// `filebeat.registry.flush`: longest time between settlement and the commit of the position.
    package var registryFlush = Duration.seconds(1)
    /// What the operator should know though the agent starts; each is one line.
    package var warnings: [String] = []

    /// `path.data`: the registry, its lock, and the dead letters.
    package var dataPath: String { paths.data }

    package init() {}
}

/// `path.*`.
package struct PathSettings: Sendable, Equatable {
    package var home = "/usr/share/needletail"
    package var config = "/etc/needletail"
    package var data = "/var/lib/needletail"
    package var logs = "/var/log/needletail"

    package init() {}
}

/// `http.*`: the listener of `/metrics`, `/stats` and `/healthz`.
package struct StatusSettings: Sendable, Equatable {
    /// Where it listens.
    package enum Listener: Sendable, Equatable {
        case tcp(host: String, port: Int)
        /// From `host: unix:///run/needletail/status.sock`.
        case unix(path: String)
    }

    package var enabled = false
    package var host = "127.0.0.1"
    package var port = 5066

    package var listener: Listener {
        let scheme = "unix://"
        return host.hasPrefix(scheme) ? .unix(path: String(host.dropFirst(scheme.count))) : .tcp(host: host, port: port)
    }

    package init() {}
}

/// `logging.*`: the agent's own log, which goes to standard error.
package struct LoggingSettings: Sendable, Equatable {
    package enum Level: String, Sendable, CaseIterable { case debug, info, warning, error }

    package var level = Level.info
    /// JSON lines instead of text.
    package var json = false
    /// A summary of what happened, `logging.metrics.enabled` and `.period`.
    package var summary = true
    package var summaryPeriod = Duration.seconds(30)

    package init() {}
}
