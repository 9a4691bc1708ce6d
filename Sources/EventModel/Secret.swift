/// A text that must not be seen in logs, errors or printed settings; it prints as `xxxxx`.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself, for the one place that sends it.
    package let exposed: String

    package init(_ text: String) { exposed = text }

    package var description: String { "xxxxx" }
    package var debugDescription: String { "xxxxx" }
    package var customMirror: Mirror { Mirror(reflecting: "xxxxx") }
}
