/// Turns the forms of command line that Filebeat takes into the one that the parser knows.
///
/// - `-path.data DIR`, `-strict.perms=false`: long names behind one dash;
/// - `-c FILE -e`: no command means `run`;
/// - `-c FILE test config`: options in front of the command;
/// - `-Ekey=value` without a blank;
/// - `--strict.perms` alone means true.
package enum CommandLineForm {
    private static let commands: Set<String> = [
        "run", "ship", "collect", "search", "trace", "setup", "test", "registry", "version", "completions", "help",
    ]
    private static let longWithValue: Set<String> = [
        "path.home", "path.config", "path.data", "path.logs", "environment",
    ]
    private static let long: Set<String> = longWithValue.union(["strict.perms", "once"])
    private static let shortWithValue: Set<String> = ["-c", "-E", "-d"]
    /// These ask something of the program as a whole.
    private static let global: Set<String> = ["-h", "--help", "--version"]

    package static func normalised(_ arguments: [String]) -> [String] {
        let end = arguments.firstIndex(of: "--") ?? arguments.endIndex
        let options = arguments[..<end].flatMap(apart).map(twoDashes)
        let rest = arguments[end...]
        guard let first = options.first, !global.contains(first), !first.hasPrefix("--generate-"),
            !first.hasPrefix("--experimental-")
        else { return options + rest }
        guard first.hasPrefix("-"), first != "-" else { return options + rest }
        guard let command = commandIndex(options) else { return ["run"] + options + rest }
        return Array(options[command...]) + options[..<command] + rest
    }

    /// `-Ekey=value` to `-E key=value`: the parser would take it for a name with a value.
    private static func apart(_ argument: String) -> [String] {
        guard argument.hasPrefix("-E"), argument.count > 2 else { return [argument] }
        return ["-E", String(argument.dropFirst(2))]
    }

    /// `-path.data=x` to `--path.data=x`.
    private static func twoDashes(_ argument: String) -> String {
        var argument = argument
        if argument.hasPrefix("-"), !argument.hasPrefix("--") {
            let name = argument.dropFirst().prefix { $0 != "=" }
            if long.contains(String(name)) { argument = "-" + argument }
        }
        return argument == "--strict.perms" ? "--strict.perms=true" : argument
    }

    /// The first word that is neither an option nor the value of one, if it is a command.
    private static func commandIndex(_ options: [String]) -> Int? {
        var index = 0
        while index < options.count {
            let word = options[index]
            if !word.hasPrefix("-") { return commands.contains(word) ? index : nil }
            let takesNext = shortWithValue.contains(word) || longWithValue.contains(String(word.dropFirst(2)))
            index += takesNext ? 2 : 1
        }
        return nil
    }
}
