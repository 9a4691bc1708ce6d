import EventModel
import HTTPTransport
import Logging
import Publishing
import Synchronization

/// What is asked of a host once before events go to it: which product it is, and how large a body may be.
///
/// | answer to `GET /` | |
/// |---|---|
/// | names a version | kept; Elasticsearch before 7.0 wants a type for each document, so events wait for an upgrade |
/// | 429, 500, 502, 503, 504 | the cluster is still starting: asked again, with its words in the log |
/// | anything else, as of a proxy that lets only `_bulk` through | taken as it is |
///
/// The limit comes from the cluster's settings, where they may be read (`cluster:monitor`); without, 413 teaches it.
final class HostKnowledge: Sendable {
    private enum Stage { case product, limit, done }

    let url: TargetURL
    private let root: String
    private let stage = Mutex(Stage.product)
    private let logger: Logger

    /// - Parameter path: of the host, without a slash at its end.
    init(url: TargetURL, path: String, logger: Logger) {
        self.url = url
        root = path
        self.logger = logger
    }

    private static let settings = "/_cluster/settings?include_defaults=true&filter_path=**.http.max_content_length"

    /// What is to be asked next; nil once all is known.
    var question: HTTPQuestion? {
        switch stage.withLock({ $0 }) {
        case .product: HTTPQuestion(target: root + "/")
        case .limit: HTTPQuestion(target: root + HostKnowledge.settings)
        case .done: nil
        }
    }

    /// - Returns: why no events can be sent now.
    func learn(_ answer: HTTPAnswer, to question: HTTPQuestion, from host: HTTPHost) -> Reply.Failure? {
        if question.target == root + "/" { return learnProduct(answer) }
        if answer.status == 200, let limit = HostKnowledge.limit(in: answer.body) { host.learned(limit: limit - 1) }
        stage.withLock { $0 = .done }
        return nil
    }

    private func learnProduct(_ answer: HTTPAnswer) -> Reply.Failure? {
        if [429, 500, 502, 503, 504].contains(answer.status) {
            return Reply.Failure(.status, "\(root(of: url)) is not ready: \(answer.status)\(answer.words)")
        }
        let product = ProductVersion(answer.status == 200 ? answer.body : [])
        if let product, product.isElasticsearch, product.major < 7 {
            return Reply.Failure(
                .protocolError,
                "\(root(of: url)) is Elasticsearch \(product.number), which wants a type for each document; 7.0 is the "
                    + "oldest that events can be sent to")
        }
        let isNew = stage.withLock { stage in
            defer { stage = stage == .product ? .limit : stage }
            return stage == .product
        }
        if isNew, let product {
            logger.info(
                "cluster found",
                metadata: [
                    "output.endpoint": "\(root(of: url))", "product": "\(product.name)",
                    "version": "\(product.number)",
                ])
        }
        return nil
    }

    private func root(of url: TargetURL) -> String { url.at(root + "/").endpoint }

    /// `{"defaults":{"http":{"max_content_length":"100mb"}}}`; what an operator has set comes before the default.
    static func limit(in body: [UInt8]) -> Int? {
        guard let settings = JSONTree(body)?.object else { return nil }
        let path = ["http", "max_content_length"].map { Array($0.utf8) }
        for source in ["transient", "persistent", "defaults"] {
            guard let text = settings[source]?.object?[path: path]?.text else { continue }
            return byteCount(String(decoding: text, as: UTF8.self))
        }
        return nil
    }

    /// `100mb`, `104857600b`; nil for anything else and for less than 1 KiB.
    static func byteCount(_ text: String) -> Int? {
        let text = text.lowercased()
        let digits = text.prefix { $0.isNumber || $0 == "." }
        guard let number = Double(digits), number >= 0, number < 1e12 else { return nil }
        let units = ["b": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30]
        guard let unit = units[String(text[digits.endIndex...])] else { return nil }
        let bytes = Int(number * Double(unit))
        return bytes >= 1024 ? bytes : nil
    }
}

/// The banner of a cluster: `{"version":{"number":"8.19.0","distribution":"opensearch"},"tagline":"…"}`.
struct ProductVersion: Equatable {
    var number: String
    /// `opensearch`; Elasticsearch has none.
    var distribution: String?
    var major: Int

    init?(_ body: [UInt8]) {
        guard let version = JSONTree(body)?.object?["version"]?.object, let number = version["number"]?.text,
            let major = Int(String(decoding: number.prefix { (0x30...0x39).contains($0) }, as: UTF8.self))
        else { return nil }
        self.number = String(decoding: number.prefix(64), as: UTF8.self)
        self.major = major
        distribution = version["distribution"]?.text.map { String(decoding: $0.prefix(64), as: UTF8.self) }
    }

    var isElasticsearch: Bool { distribution == nil || distribution == "elasticsearch" }
    var name: String { distribution ?? "elasticsearch" }
}
