import EventModel

/// Which product answers, and what it can do.
///
/// - Source: `GET /` of Elasticsearch 7 to 9, OpenSearch 1 to 3 and our own collector.
struct ElasticsearchServer: Equatable {
    enum Product: Equatable {
        case elasticsearch, serverless, openSearch
        /// Needletail's collector, which takes events without any templates.
        case collector
    }

    struct Version: Comparable {
        var major: Int
        var minor: Int

        init(_ major: Int, _ minor: Int) {
            self.major = major
            self.minor = minor
        }

        /// `8.19.0`, `9.1.0-SNAPSHOT`.
        init?(_ text: String) {
            let parts = text.split(separator: ".")
            guard parts.count > 1, let major = Int(parts[0]), let minor = Int(parts[1]) else { return nil }
            self.init(major, minor)
        }

        static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor) < (right.major, right.minor)
        }
    }

    var product: Product
    var version: Version
    /// As it is written: `8.19.0`.
    var versionText: String

    init(_ product: Product, _ version: Version) {
        self.product = product
        self.version = version
        versionText = "\(version.major).\(version.minor)"
    }

    /// - Parameter banner: the answer to `GET /`.
    /// - Returns: nil when it is no such banner.
    init?(banner: JSONObject) {
        guard let number = banner.text(at: "version.number"), let version = Version(number) else { return nil }
        self.version = version
        versionText = number
        if banner.text(at: "version.build_hash") == "needletail" {
            product = .collector
        } else if banner.text(at: "version.distribution") == "opensearch" {
            product = .openSearch
        } else {
            product = banner.text(at: "version.build_flavor") == "serverless" ? .serverless : .elasticsearch
        }
    }

    var description: String {
        switch product {
        case .elasticsearch: "Elasticsearch \(versionText)"
        case .serverless: "Elasticsearch Serverless"
        case .openSearch: "OpenSearch \(versionText)"
        case .collector: "Needletail's collector"
        }
    }

    // MARK: What it can do

    /// Elasticsearch from that version; what is serverless has all there is.
    private func isElasticsearch(_ major: Int, _ minor: Int) -> Bool {
        product == .serverless || (product == .elasticsearch && version >= Version(major, minor))
    }

    /// Composable templates came with 7.8, data streams with 7.9.
    var hasDataStreams: Bool { product == .openSearch || isElasticsearch(7, 9) }
    var hasMatchOnlyText: Bool {
        isElasticsearch(7, 14) || (product == .openSearch && version >= Version(2, 12))
    }
    var hasPolicyMeta: Bool { isElasticsearch(7, 14) }
    var hasShardSizeRollover: Bool { isElasticsearch(7, 13) }
    /// Before, a data stream's `@timestamp` must not say anything about malformed values.
    var canIgnoreMalformed: Bool { isElasticsearch(8, 0) }
    var canIgnoreSurplusFields: Bool { isElasticsearch(8, 14) }
    var hasDataStreamLifecycle: Bool { isElasticsearch(8, 14) }
    var hasIndexLifecycle: Bool { product == .elasticsearch }
    var hasStateManagement: Bool { product == .openSearch }
    /// Shards, codecs and refreshing are not ours to choose.
    var ownsItsIndices: Bool { product == .serverless }
}
