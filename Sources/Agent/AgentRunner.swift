/// What the command line calls: one function for each thing that the agent can be asked to do.
///
/// - Signals: `run` and `ship` take over SIGINT and SIGTERM while they run. The first one stops reading, makes one
///   immediate attempt for what is in flight, stores the positions and returns; `run` within `shutdown_timeout`.
/// - Output: `run` writes its own log; the others write nothing themselves, but hand lines to their caller.
/// - Errors: none is thrown; each function returns how the process is to end.
package enum AgentRunner {
    /// Reads the configuration and runs the agent until a signal, or with `once` until everything is settled.
    /// Configuration errors go to standard error, all of them, one a line.
    package static func run(_ options: RunOptions) async -> ExitStatus {
        .software
    }

    /// Ships files once.
    ///
    /// - Parameter progress: called about ten times a second while there is something to tell, from any thread, one
    ///   call at a time; never after the function has returned.
    package static func ship(
        _ request: ShipRequest, progress: @escaping @Sendable (ShipProgress) -> Void
    ) async -> ShipResult {
        ShipResult(status: .software, progress: ShipProgress())
    }

    /// Reads and checks the configuration without running anything.
    package static func testConfig(_ options: ConfigOptions) -> ConfigReport {
        ConfigReport()
    }

    /// Resolves, connects, does TLS and the protocol's hello with each configured output.
    ///
    /// - Parameter report: gets each line as soon as it is known: `  dns lookup... OK (1.2 ms)`.
    package static func testOutput(
        _ options: ConfigOptions, report: @escaping @Sendable (String) -> Void
    ) async -> ExitStatus {
        .software
    }

    /// Reads the registry of the configured data directory, beside a running agent too.
    /// - Returns: what to print: the answer, or why there is none.
    package static func registry(_ query: RegistryQuery, _ options: ConfigOptions) -> (status: ExitStatus, text: String)
    {
        (.software, "")
    }
}

/// A question to the registry.
package enum RegistryQuery: Sendable, Equatable {
    /// All files: path, offset, pipeline, … as a table or as a JSON array.
    case list(json: Bool)
    /// Everything that is known of the files with that path.
    case show(path: String)
}

/// What `test config` found, and where the agent would keep its data.
package struct ConfigReport: Sendable, Equatable {
    /// All errors, each with file, line and column; empty when the configuration is good.
    package var errors: [String] = []
    package var warnings: [String] = []
    /// The data directory (`path.data`); nil when the configuration is too broken to tell.
    package var dataDirectory: String?

    package init() {}
}
