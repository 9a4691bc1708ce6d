package import Publishing

/// What the agent tells of itself at one moment.
///
/// - Units: `time` and `started` in ms since 1970, UTC.
package struct AgentStatus: Sendable, Equatable {
    package var version: String
    package var hostname: String
    /// Identity of this installation (`agent.id`); empty where there is no data directory.
    package var agentID: String
    package var processID: Int32
    package var started: Int64
    /// When this snapshot was taken.
    package var time: Int64
    package var pipelines: [PipelineStatus] = []
    /// Why positions cannot be stored at the moment (disk full, read-only, …); nil when all is well.
    package var registryTrouble: String?
    /// How the registry came back from damage when the agent started; nil where there was none.
    package var registryRecovery: String?
    /// What the configuration was warned of when it was loaded.
    package var configWarnings: [String] = []
    /// The agent is draining, and will end.
    package var stopping = false
    /// What the process takes; nil where nobody asked.
    package var usage: ProcessUsage?

    package init(
        version: String = AgentVersion.text, hostname: String, agentID: String = "", processID: Int32,
        started: Int64, time: Int64, pipelines: [PipelineStatus] = []
    ) {
        self.version = version
        self.hostname = hostname
        self.agentID = agentID
        self.processID = processID
        self.started = started
        self.time = time
        self.pipelines = pipelines
    }

    package var uptime: Duration { .milliseconds(max(0, time - started)) }
}

/// The version of this build, as `needletail version`, `agent.version` and the metrics say it.
package enum AgentVersion {
    package static let text = "0.1.0"
}
