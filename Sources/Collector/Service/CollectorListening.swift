import Synchronization

/// The addresses that the collector listens on, for those who ask while it runs.
package final class CollectorListening: Sendable {
    private let addresses = Mutex<CollectorAddresses?>(nil)

    package init() {}

    func note(_ addresses: CollectorAddresses) { self.addresses.withLock { $0 = addresses } }

    /// By the listener's name; empty before all listen.
    var list: [(name: String, address: String)] {
        guard let addresses = addresses.withLock({ $0 }) else { return [] }
        var list: [(name: String, address: String)] = []
        if let lumberjack = addresses.lumberjack {
            list.append(("lumberjack", lumberjack + (addresses.lumberjackUsesTLS ? " (TLS)" : "")))
        }
        if let http = addresses.http { list.append(("http", http)) }
        return list
    }
}
