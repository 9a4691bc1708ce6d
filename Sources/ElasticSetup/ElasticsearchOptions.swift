/// What the person at the terminal chooses for Elasticsearch.
package struct ElasticsearchOptions: Sendable, Equatable {
    /// Who rolls indices over and deletes them.
    package enum Lifecycle: String, Sendable, CaseIterable {
        /// By what the server is.
        case auto
        /// The data stream's own: serverless, and Elasticsearch from 8.14.
        case dsl
        /// A policy of index lifecycle management: Elasticsearch.
        case ilm
        /// A policy of index state management: OpenSearch.
        case ism
        /// Nobody, or an operator's own means.
        case none
    }

    package var lifecycle = Lifecycle.auto
    /// `30d`, `12h`; nil: events are never deleted.
    package var retention: String? = "30d"
    package var shards = 1
    package var replicas = 1
    /// The name of the template and the policy.
    package var name = "needletail"
    /// The data streams that are meant.
    package var pattern = "needletail-*"
    /// Replaces what somebody else has made, or a later version of ours.
    package var force = false

    package init() {}

    /// - Returns: the lifecycle that this server gets.
    /// - Errors: `unsupported` when it has not the one that was asked for.
    func lifecycle(for server: ElasticsearchServer) throws(SetupError) -> Lifecycle {
        let possible: [(Lifecycle, Bool, String)] = [
            (.dsl, server.hasDataStreamLifecycle, "Elasticsearch 8.14 or later"),
            (.ism, server.hasStateManagement, "OpenSearch"),
            (.ilm, server.hasIndexLifecycle, "an Elasticsearch that is not serverless"),
        ]
        if lifecycle == .auto { return possible.first { $0.1 }?.0 ?? .none }
        if let choice = possible.first(where: { $0.0 == lifecycle }), !choice.1 {
            throw SetupError(
                .unsupported,
                "--lifecycle \(lifecycle.rawValue) needs \(choice.2), and this is \(server.description); "
                    + "leave the option out, or say --lifecycle none")
        }
        return lifecycle
    }
}
