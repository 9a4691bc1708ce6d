package import EventModel
package import NIOCore
package import Publishing
package import Transport

/// Ships events over TCP, one a line.
///
/// Plain TCP has no acknowledgement of its own. A delivery counts as delivered once the kernel of the peer has
/// acknowledged its last byte: what the network loses, and what our host or connection loses, is sent again. What the
/// collector's kernel had taken and the collector had not read when it died is lost; only a protocol with an answer
/// can know that.
package final class TCPOutput: Output {
    private let settings: TCPSettings
    private let connector: Connector
    private let group: any EventLoopGroup
    private let counters: EventCounters?
    package let traits: OutputTraits

    /// - Parameters:
    ///   - group: whose event loops the lanes use; it outlives the output.
    ///   - counters: of the pipeline.
    /// - Throws: for TLS settings that cannot work.
    package init(
        _ settings: TCPSettings, group: any EventLoopGroup, counters: EventCounters? = nil
    ) throws(TransportError) {
        self.settings = settings
        self.group = group
        self.counters = counters
        let tls: TLSClient? =
            if let tls = settings.tls, tls.enabled { try TLSClient(tls) } else { nil }
        connector = Connector(tls: tls, timeout: settings.timeout)
        var traits = OutputTraits(
            kind: "tcp", endpoint: settings.hosts.map(\.description).joined(separator: ","),
            lanes: max(1, settings.workers) * (settings.loadBalance ? settings.hosts.count : 1), window: 8,
            maxEvents: settings.bulkMaxSize, maxBytes: 256 * 1024, readAhead: 2)
        traits.isEager = true
        self.traits = traits
    }

    package func makeLane(_ index: Int) -> any OutputLane {
        var lane = StreamLaneSettings(window: traits.window, timeout: settings.timeout)
        lane.settlesPrefix = false
        return StreamLane(
            TCPWire(delimiter: settings.lineDelimiter), settings: lane, connector: connector,
            ring: HostRing(settings.hosts, lane: index, loadBalance: settings.loadBalance), loop: group.next(),
            counters: counters)
    }

    package func shutdown() async {}

    /// Connects to each host, for `needletail test output`.
    package func probe() async -> [ProbeReport] {
        await ConnectionProbe(connector).run(settings.hosts, on: group.any())
    }
}
