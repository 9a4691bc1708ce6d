import Agent
package import ArgumentParser

/// `needletail version`.
package struct VersionCommand: ParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "version",
        abstract: "Says which version this is.",
        discussion: "Example: needletail version"
    )

    #if arch(x86_64)
        private static let architecture = "amd64"
    #elseif arch(arm64)
        private static let architecture = "arm64"
    #else
        private static let architecture = "other"
    #endif

    static let text = "needletail version \(AgentVersion.text) (linux, \(architecture))"

    package init() {}

    package func run() { print(VersionCommand.text) }
}
