package import EventModel
package import NIOCore
package import Publishing
package import Transport

/// Ships events to Logstash, or whatever else speaks Lumberjack version 2 (`output.logstash`).
package final class LumberjackOutput: Output {
    private let settings: LumberjackSettings
    private let connector: Connector
    private let largestEvent: Int
    private let group: any EventLoopGroup
    private let counters: EventCounters?
    package let traits: OutputTraits

    /// - Parameters:
    ///   - group: whose event loops the lanes use; it outlives the output.
    ///   - counters: of the pipeline.
    ///   - largestEvent: bytes; larger events are rejected, since a server would hang up on them for ever.
    /// - Throws: for TLS settings that cannot work.
    package init(
        _ settings: LumberjackSettings, group: any EventLoopGroup, counters: EventCounters? = nil,
        largestEvent: Int = 64 << 20
    ) throws(TransportError) {
        self.settings = settings
        self.group = group
        self.largestEvent = largestEvent
        self.counters = counters
        let tls: TLSClient? =
            if let tls = settings.tls, tls.enabled { try TLSClient(tls) } else { nil }
        connector = Connector(tls: tls, timeout: settings.timeout)
        traits = OutputTraits(
            kind: "logstash", endpoint: settings.hosts.map(\.description).joined(separator: ","),
            lanes: max(1, settings.workers) * (settings.loadBalance ? settings.hosts.count : 1),
            window: max(1, settings.pipelining), maxEvents: settings.bulkMaxSize, slowStart: settings.slowStart)
    }

    package func makeLane(_ index: Int) -> any OutputLane {
        var lane = StreamLaneSettings(window: traits.window, timeout: settings.timeout)
        lane.ttl = settings.ttl
        return StreamLane(
            LumberjackWire(level: settings.compressionLevel, largestEvent: largestEvent), settings: lane,
            connector: connector,
            ring: HostRing(settings.hosts, lane: index, loadBalance: settings.loadBalance), loop: group.next(),
            counters: counters)
    }

    package func shutdown() async {}

    /// Connects to each host, for `needletail test output`. Lumberjack has no greeting; the probe waits a moment
    /// whether the server hangs up.
    package func probe() async -> [ProbeReport] {
        await ConnectionProbe(connector).run(settings.hosts, on: group.any())
    }
}
