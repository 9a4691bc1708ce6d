/// How `tcp`, `file` and `console` write an event (`codec.json`, `codec.format`).
package enum Codec: Sendable, Equatable {
    case json(pretty: Bool = false)
    /// A format string: `%{[message]}`, `%{[log.file.path]}:%{[log.offset]}`.
    case format(String)
}
