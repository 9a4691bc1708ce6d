package import Transport

/// `output.tcp`: one event a line.
package struct TCPSettings: Sendable, Equatable {
    package var hosts: [Endpoint] = []
    package var workers = 1
    package var loadBalance = false
    /// How long the peer's kernel may take to acknowledge bytes before the connection is given up.
    package var timeout = Duration.seconds(30)
    package var bulkMaxSize = 2048
    package var lineDelimiter = "\n"
    package var tls: TLSSettings?

    package init() {}
}
