package import EventFields
import Glibc

/// Colours, or none.
package struct TerminalStyle: Sendable {
    package enum Colour: String, Sendable {
        case dim = "2", bold = "1", red = "31", green = "32", yellow = "33", blue = "34", cyan = "36", boldRed = "1;31"
    }

    package let hasColours: Bool
    /// Of the terminal; nil: lines are as long as they are.
    package let columns: Int?

    package init(hasColours: Bool, columns: Int?) {
        self.hasColours = hasColours
        self.columns = columns
    }

    package func paint(_ text: String, _ colour: Colour?) -> String {
        guard hasColours, let colour, !text.isEmpty else { return text }
        return "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m"
    }

    package static func colour(_ severity: Severity) -> Colour? {
        switch severity {
        case .unknown, .trace, .debug: .dim
        case .info: .green
        case .warning: .yellow
        case .error: .red
        case .fatal: .boldRed
        }
    }

    /// Services keep their colour from run to run.
    package static func colour(service: [UInt8]) -> Colour {
        let colours: [Colour] = [.cyan, .blue, .green, .yellow]
        return colours[Int(WordHash.of(service.span) % UInt64(colours.count))]
    }

    /// Columns of the terminal behind a descriptor; 100 where it does not say.
    package static func columns(of descriptor: Int32) -> Int {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
        return Int(size.ws_col)
    }
}
