package import Transport

/// `output.logstash`.
package struct LumberjackSettings: Sendable, Equatable {
    package var hosts: [Endpoint] = []
    /// zlib level of the frames, 0 to 9; 0: not compressed.
    package var compressionLevel = 3
    package var workers = 1
    package var loadBalance = false
    /// Connections are renewed after this time; zero: never.
    package var ttl = Duration.zero
    /// Windows in flight per connection; 0 as 1: waits for each acknowledgement.
    package var pipelining = 2
    package var timeout = Duration.seconds(30)
    package var bulkMaxSize = 2048
    package var slowStart = false
    package var tls: TLSSettings?

    package init() {}
}
