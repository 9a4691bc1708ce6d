package import AgentConfig
package import ArgumentParser
import Collector
import Glibc
import LogQuery
import LogStore

/// Where `search` and `trace` ask.
package struct SourceArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The collector's directory; also NEEDLETAIL_DATA in the environment.", valueName: "dir"),
        completion: .directory)
    package var data: String?

    @Option(help: ArgumentHelp("Ask a collector over HTTP instead, as http://host:5080.", valueName: "url"))
    package var url: String?

    @Option(help: ArgumentHelp("The collector's token; also NEEDLETAIL_TOKEN in the environment.", valueName: "token"))
    package var token: String?

    @Option(
        name: .customShort("c"),
        help: ArgumentHelp("Configuration file of the collector; may be given several times.", valueName: "file"),
        completion: .file())
    package var files: [String] = []

    package init() {}

    package func validate() throws {
        if url != nil, data != nil { throw ValidationError("--data and --url exclude each other") }
        if let url, !url.hasPrefix("http://"), !url.hasPrefix("https://") {
            throw ValidationError("--url takes an address such as http://127.0.0.1:5080")
        }
    }

    /// The settings of the collector that is asked.
    package func settings(_ environment: [String: String]) throws(ConfigurationErrors) -> CollectorSettings {
        var settings = try ConfigLoader.loadCollector(files: files, environment: environment)
        if let data = data ?? (files.isEmpty ? environment["NEEDLETAIL_DATA"] : nil), !data.isEmpty {
            settings.dataPath = data
        }
        return settings
    }

    func source(_ settings: CollectorSettings, _ environment: [String: String]) throws(LogSourceError) -> any LogSource
    {
        if let url { return RemoteLogSource(url: url, token: token ?? environment["NEEDLETAIL_TOKEN"]) }
        do throws(StoreError) {
            let reader = try StoreReader(directory: settings.storeSettings.directory)
            return LocalLogSource(LogSearch(reader: reader, aliases: settings.aliases))
        } catch {
            let hint =
                error.code == .notFound
                ? "; start one with needletail collect, or name another with --data or --url" : ""
            throw .unavailable("\(error)\(hint)")
        }
    }

    /// The page's own address.
    func page(_ settings: CollectorSettings) -> String {
        if let url { return url.hasSuffix("/") ? String(url.dropLast()) : url }
        let host = settings.http.host.contains(":") ? "[\(settings.http.host)]" : settings.http.host
        return "\(settings.http.usesTLS ? "https" : "http")://\(host):\(settings.http.port)"
    }
}
