package import Logging

/// Where the collector runs, as far as it must know: its log, and who is told how it is.
package struct CollectorHost: Sendable {
    package var logger: Logger
    /// Called once, when all listeners listen.
    package var ready: @Sendable (CollectorAddresses) -> Void = { _ in }
    /// One line for the service manager, now and then.
    package var status: @Sendable (String) -> Void = { _ in }
    /// The end has begun.
    package var stopping: @Sendable () -> Void = {}
    /// How often `alive` is to be called; nil: nobody asks.
    package var watchdogInterval: Duration?
    package var alive: @Sendable () -> Void = {}

    package init(logger: Logger) { self.logger = logger }
}

/// What came of the settings: where the collector can be reached.
package struct CollectorAddresses: Sendable, Equatable {
    /// `host:port`; nil: switched off.
    package var lumberjack: String?
    package var lumberjackUsesTLS = false
    /// Begins with `http://` or `https://`, without a slash at its end; nil: switched off.
    package var http: String?
    package var dataPath = ""

    package init() {}
}
