package import Hummingbird
package import NIOCore

/// What a route knows of the connection that a request came on.
package struct CollectorContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let channel: any Channel

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// The client's address without its port.
    package var clientAddress: String { channel.remoteAddress?.ipAddress ?? "local" }
}

/// Routes that are added to the collector's one router.
package protocol CollectorRoutes {
    func add(to router: Router<CollectorContext>)
}
