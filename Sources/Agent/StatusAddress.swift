/// Where the status server listens: `http.host` and `http.port`.
package enum StatusAddress: Sendable, Equatable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unix(path: String)

    /// - Parameters:
    ///   - host: a name, an address, or `unix:///path` for a socket in the file system (the port is not used then).
    package init(host: String, port: Int) {
        for prefix in ["unix://", "unix:"] where host.hasPrefix(prefix) {
            self = .unix(path: String(host.dropFirst(prefix.count)))
            return
        }
        self = .tcp(host: host, port: port)
    }

    /// Only this machine can ask. The pages name hosts and pipelines and there is no password, so anything else
    /// deserves a warning.
    package var isLocal: Bool {
        switch self {
        case .unix: true
        case .tcp(let host, _): host == "localhost" || host == "::1" || host.hasPrefix("127.")
        }
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path): "unix://\(path)"
        }
    }
}
