/// The top-level keys of an event before a line's own are merged in, by who wins when the line has the same one.
///
/// - Source: order of Filebeat's pipeline: reader (`log`, `input`), JSON parser, then `tags` and `fields` of the
///   configuration, which overwrite, then `ecs`, `host` and `agent`, which do not.
package struct EventKeys: Sendable, Equatable {
    /// Of the input; the line's value wins with `overwrite_keys` only.
    package var own: [String]
    /// Defaults that give way to the line's value.
    package var defaults: [String]
    /// Of the configuration; they win.
    package var configured: [String]
    /// The event has tags, which are added to those of the line.
    package var hasTags: Bool

    package init(own: [String] = [], defaults: [String] = [], configured: [String] = [], hasTags: Bool = false) {
        self.hasTags = hasTags
        self.own = own
        self.defaults = defaults
        self.configured = configured
    }

    /// All of them, and those with a meaning of their own in every event.
    package var all: [String] {
        ["@timestamp", "@metadata"] + own + defaults + configured + (hasTags ? ["tags"] : [])
    }
}
