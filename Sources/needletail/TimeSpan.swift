import ArgumentParser

/// A length of time on the command line: `30` (seconds), `500ms`, `30s`, `5m`, `1h`.
package struct TimeSpan: ExpressibleByArgument, Equatable {
    package let duration: Duration

    package init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        guard let number = Int64(digits), number <= 1_000_000_000 else { return nil }
        switch argument.dropFirst(digits.count) {
        case "ms": duration = .milliseconds(number)
        case "", "s": duration = .seconds(number)
        case "m": duration = .seconds(number * 60)
        case "h": duration = .seconds(number * 3600)
        default: return nil
        }
    }
}
