package import Agent
package import ArgumentParser

/// `needletail ship`: ships files once, and ends when every byte is settled.
package struct ShipCommand: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "ship",
        abstract: "Ships files once, and ends when every byte of them is settled.",
        discussion: """
            Examples:
              needletail ship app.log --to lumberjack://logs.example:5044
              needletail ship '/var/log/app/*.log' old.log.gz --to https://logs.example/ingest
              journalctl -o json | needletail ship - --ndjson --to tcp://127.0.0.1:9000
              needletail ship big.log --to lumberjacks://logs.example:5044 --resume ~/.cache/big
              needletail ship zap.log --normalize ecs --to es+https://es.example:9200/logs-app-default
              needletail ship zap.log --to kafka://broker.example:9092/logs

            Destinations: lumberjack://host:5044 (lumberjacks:// with TLS), es+http://host:9200/index, \
            kafka://broker:9092/topic (kafkas:// with TLS), otlp+http://host:4318, loki+http://host:3100 (es+https, \
            otlp+https, loki+https with TLS), tcp://host:port (tcps:// with TLS), http://… and https://…, \
            file:///path, and - for standard output. All but http take settings of their output behind a ?, as in \
            lumberjacks://logs.example?ssl.certificate_authorities=/etc/ca.pem

            Exit status: 0 only when every byte is settled; 66 no such file; 75 not delivered in time, or interrupted.
            """
    )

    @Argument(
        help: ArgumentHelp(
            "Files or globs; - is standard input. Names ending in .gz are decompressed.", valueName: "file"),
        completion: .file())
    package var files: [String]

    @Option(name: .customLong("to"), help: ArgumentHelp("Where to.", valueName: "url"))
    package var destination: String

    @Option(
        help: ArgumentHelp(
            "Keep the positions in this directory; the next run with it goes on from there.", valueName: "dir"),
        completion: .directory)
    package var resume: String?

    @Option(help: ArgumentHelp("Give up after so long: 30, 30s, 5m, 1h.", valueName: "time"))
    package var timeout: TimeSpan?

    @Option(help: ArgumentHelp("Compression, 0 (none) to 9.", valueName: "level"))
    package var compressionLevel: Int?

    @Option(help: "Id of the input, part of where the events say they come from.")
    package var id: String?

    @Option(name: .customLong("tag"), help: ArgumentHelp("Adds a tag; may be given several times.", valueName: "tag"))
    package var tags: [String] = []

    @Option(
        name: .customLong("field"),
        help: ArgumentHelp("Adds a field below fields; may be given several times.", valueName: "name=value"))
    package var fields: [String] = []

    @Flag(help: "Lines are JSON objects, to be merged into the events.")
    package var ndjson = false

    @Option(
        help: ArgumentHelp(
            "ecs: give the fields of JSON lines the names of ECS; lines that are none stay text.", valueName: "names"),
        completion: .list(["none", "ecs"]))
    package var normalize = "none"

    @Flag(help: "Send the lines alone, without an event around them.")
    package var raw = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    package var quiet = false

    @Flag(help: "Progress as JSON, one object a second and a last one.")
    package var json = false

    package init() {}

    package func validate() throws {
        if let compressionLevel, !(0...9).contains(compressionLevel) {
            throw ValidationError("--compression-level is a number from 0 to 9")
        }
        if let bad = fields.first(where: { !$0.contains("=") || $0.hasPrefix("=") }) {
            throw ValidationError("--field takes name=value, not \(bad)")
        }
        if !["none", "ecs"].contains(normalize) { throw ValidationError("--normalize is none or ecs") }
        if quiet && json { throw ValidationError("--quiet and --json exclude each other") }
    }

    package var request: ShipRequest {
        var request = ShipRequest(files: files, destination: destination)
        request.resume = resume
        request.timeout = timeout?.duration
        request.compressionLevel = compressionLevel
        request.id = id
        request.tags = tags
        request.fields = fields
        request.ndjson = ndjson
        request.normalize = normalize
        request.raw = raw
        return request
    }

    package func run() async throws {
        let display = ShipDisplay(style: .choose(quiet: quiet, json: json, toStandardOutput: destination == "-"))
        let result = await AgentRunner.ship(request) { display.show($0) }
        display.finish(result)
        throw ExitCode(result.status.rawValue)
    }
}
