/// What the other side sent is not Lumberjack.
package struct LumberjackError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case version, frameType = "frame_type", windowTooLarge = "window_too_large", eventTooLarge = "event_too_large"
        case compressed, unexpectedEvent = "unexpected_event", unexpectedWindow = "unexpected_window"
        case acknowledgement
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }
}
