import Testing
import Transport

struct HostRingTests {
    private let hosts = (1...3).map { Endpoint(host: "host\($0)", port: 5044) }

    @Test func `with failover all lanes start at the first host and stay where it works`() {
        var ring = HostRing(hosts, lane: 2, loadBalance: false)
        #expect(ring.current == hosts[0])
        ring.failed(now: .zero)
        #expect(ring.current == hosts[1])
        ring.worked()
        #expect(!ring.isHomeDue(now: .seconds(100_000)))
        ring.failed(now: .zero)
        ring.failed(now: .zero)
        #expect(ring.current == hosts[0])
    }

    @Test func `with load balance each lane has a home`() {
        #expect((0..<6).map { HostRing(hosts, lane: $0, loadBalance: true).current } == hosts + hosts)
    }

    @Test func `a lane goes home after a minute, then after two, while its home keeps failing`() {
        var ring = HostRing(hosts, lane: 1, loadBalance: true)
        ring.failed(now: .seconds(10))
        ring.worked()
        #expect(ring.current == hosts[2])
        #expect(!ring.isHomeDue(now: .seconds(69)))
        #expect(ring.isHomeDue(now: .seconds(70)))
        ring.goHome()
        #expect(ring.current == hosts[1])
        ring.failed(now: .seconds(71))
        #expect(!ring.isHomeDue(now: .seconds(71 + 119)))
        #expect(ring.isHomeDue(now: .seconds(71 + 120)))
    }

    @Test func `a home that works again is tried after a minute the next time`() {
        var ring = HostRing(hosts, lane: 0, loadBalance: true)
        for time in [0, 100] {
            ring.failed(now: .seconds(time))
            ring.goHome()
        }
        ring.worked()
        ring.failed(now: .seconds(500))
        #expect(ring.isHomeDue(now: .seconds(560)))
    }

    @Test func `a single host is tried again and again`() {
        var ring = HostRing([hosts[0]], lane: 0, loadBalance: true)
        ring.failed(now: .zero)
        #expect(ring.current == hosts[0])
        #expect(!ring.isHomeDue(now: .seconds(1000)))
    }
}
