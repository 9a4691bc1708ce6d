import EventModel

/// Times as text for our own log and pages.
package enum RFC3339 {
    /// - Parameter milliseconds: since 1970, UTC.
    package static func text(milliseconds: Int64) -> String { TimeText(milliseconds: milliseconds).text }
}
