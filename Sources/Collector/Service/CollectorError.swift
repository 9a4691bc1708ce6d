import AgentConfig
import NIOCore

/// Why the collector does not start, or ends, in an operator's words.
package struct CollectorError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable { case configuration, listen, store }

    package let code: Code
    /// What happened, and what to do about it.
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { message }

    static func cannotListen(
        _ settings: CollectorListenerSettings, _ prefix: String, _ error: any Error
    ) -> CollectorError {
        let place = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        var reason = "\(error)"
        var advice = ""
        if let error = error as? IOError {
            switch error.errnoCode {
            case 98:
                reason = "the port is in use"
                advice =
                    "; is another collector running? Set \(prefix).port to another one, or \(prefix).enabled: false"
            case 13:
                reason = "this user may not"
                advice = "; ports below 1024 need a privilege"
            case 99: reason = "no interface of this host has that address"
            default: break
            }
        }
        return CollectorError(.listen, "cannot listen on \(place):\(settings.port) (\(prefix)): \(reason)\(advice)")
    }
}
