package import Agent
package import ArgumentParser

/// The options that say where the configuration is; the same for all commands that read it.
package struct ConfigurationArguments: ParsableArguments {
    @Option(
        name: .customShort("c"),
        help: ArgumentHelp("Configuration file; may be given several times, later ones win.", valueName: "file"))
    package var files: [String] = []

    @Option(
        name: .customShort("E"),
        help: ArgumentHelp("Overrides a setting: -E output.console.pretty=true", valueName: "key=value"))
    package var overrides: [String] = []

    @Option(name: .customLong("path.home"), help: ArgumentHelp("Home directory.", valueName: "dir"))
    package var home: String?

    @Option(name: .customLong("path.config"), help: ArgumentHelp("Directory of the configuration.", valueName: "dir"))
    package var config: String?

    @Option(
        name: .customLong("path.data"),
        help: ArgumentHelp("Directory of the registry and the dead letters.", valueName: "dir"))
    package var data: String?

    @Option(name: .customLong("path.logs"), help: ArgumentHelp("Directory for logs.", valueName: "dir"))
    package var logs: String?

    @Option(
        name: .customLong("strict.perms"),
        help: ArgumentHelp("Refuse configuration files that others can write.", valueName: "true|false"))
    package var strictPermissions: Bool = true

    package init() {}

    package var options: ConfigOptions {
        var options = ConfigOptions()
        options.files = files
        options.overrides = overrides
        options.home = home
        options.config = config
        options.data = data
        options.logs = logs
        options.strictPermissions = strictPermissions
        return options
    }
}
