package import ArgumentParser

/// `needletail completions`: what a shell needs to complete our commands and options.
package struct CompletionsCommand: ParsableCommand {
    package enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    package static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Prints the completion script for a shell.",
        discussion: """
            Examples:
              needletail completions bash > /usr/share/bash-completion/completions/needletail
              needletail completions zsh > /usr/share/zsh/vendor-completions/_needletail
              needletail completions fish > ~/.config/fish/completions/needletail.fish
            """
    )

    @Argument(help: "bash, zsh or fish.") package var shell: Shell

    package init() {}

    package func run() {
        let shell: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        print(Needletail.completionScript(for: shell))
    }
}
