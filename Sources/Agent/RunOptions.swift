/// What the command line says about the configuration; the same for `run`, `test` and `registry`.
package struct ConfigOptions: Sendable, Equatable {
    /// `-c FILE`, in order: later files override earlier ones. Empty: `needletail.yml` in the configuration directory.
    package var files: [String] = []
    /// `-E key=value`, in order.
    package var overrides: [String] = []
    /// `--path.home`, `--path.config`, `--path.data`, `--path.logs`; nil: as configured.
    package var home: String?
    package var config: String?
    package var data: String?
    package var logs: String?
    /// `--strict.perms`: refuse configuration files that others can write.
    package var strictPermissions = true

    package init() {}
}

/// What the command line of `run` says.
package struct RunOptions: Sendable, Equatable {
    package var configuration = ConfigOptions()
    /// Read what is there, ship it and end (`--once`).
    package var once = false
    /// `-e`: log to stderr, whatever `logging.*` says.
    package var logToStandardError = false
    /// `-v` shows info, `-d` debug; nil: as `logging.level` says.
    package var logLevel: String?

    package init() {}
}

/// What `ship` is asked to do.
package struct ShipRequest: Sendable, Equatable {
    /// Paths, globs, `-` for standard input; names ending in `.gz` are decompressed.
    package var files: [String]
    /// Where to, as `ShipTarget` reads it: `lumberjack://host:5044`, `tcp://host:port`, `file:///path`, `-`, …
    package var destination: String
    /// Directory that keeps the positions, so that the next run goes on from there; nil: nothing is kept.
    package var resume: String?
    /// 0 to 9; nil: the output's default.
    package var compressionLevel: Int?
    /// Give up when not everything is settled after so long; nil: never.
    package var timeout: Duration?
    /// Id of the input, part of the events' origin (`ship` by default).
    package var id: String?
    package var tags: [String] = []
    /// `name=value` pairs, put below `fields`.
    package var fields: [String] = []
    /// Lines are JSON, to be merged into the event.
    package var ndjson = false
    /// `none` or `ecs`: what the names of the fields of JSON lines become.
    package var normalize = "none"
    /// Only the lines themselves are sent, without an event around them (`codec.format.string: '%{[message]}'`).
    package var raw = false

    package init(files: [String], destination: String) {
        self.files = files
        self.destination = destination
    }
}

/// How `ship` ended.
package struct ShipResult: Sendable, Equatable {
    package var status: ExitStatus
    /// The last state of affairs.
    package var progress: ShipProgress
    /// SIGINT or SIGTERM ended it.
    package var interrupted = false
    /// What the user should know, one line each: files that can't be read, why the collector did not answer, …
    package var messages: [String] = []

    package init(status: ExitStatus, progress: ShipProgress) {
        self.status = status
        self.progress = progress
    }
}
