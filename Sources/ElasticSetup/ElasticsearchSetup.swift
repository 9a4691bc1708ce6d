import EventModel

/// `needletail setup elasticsearch`: the template and the lifecycle of the data streams that events are written to.
package enum ElasticsearchSetup {
    /// What became of one thing.
    package enum Outcome: String, Sendable {
        case created, updated, unchanged
        /// A later version of Needletail has made it.
        case newer
    }

    package struct Result: Sendable, Equatable {
        /// `Elasticsearch 8.19.0`.
        package var server: String
        /// Each thing by its title, in the order of loading.
        package var outcomes: [(title: String, outcome: Outcome)] = []
        /// What else there is to know, one line each.
        package var notes: [String] = []

        package static func == (left: Result, right: Result) -> Bool {
            left.server == right.server && left.notes == right.notes
                && left.outcomes.elementsEqual(right.outcomes) { $0 == $1 }
        }
    }

    /// What would be loaded, as Kibana's console takes it: method and path, and the document below.
    ///
    /// - Note: for the newest server that has the lifecycle that was chosen; `auto` is Elasticsearch from 8.14.
    package static func printed(_ options: ElasticsearchOptions) throws(SetupError) -> String {
        let resources = try ElasticsearchDocuments(for: printedServer(options), options).resources
        return resources.map { "PUT \($0.path)\n\(JSONTree.object($0.document).pretty)\n" }.joined(separator: "\n")
    }

    /// For which server that is.
    package static func printedFor(_ options: ElasticsearchOptions) -> String {
        printedServer(options).product == .openSearch
            ? "for OpenSearch from 2.12"
            : "for Elasticsearch from 8.14; a server that is asked gets what it can have (--lifecycle ism: OpenSearch's)"
    }

    private static func printedServer(_ options: ElasticsearchOptions) -> ElasticsearchServer {
        options.lifecycle == .ism
            ? ElasticsearchServer(.openSearch, .init(3, 0)) : ElasticsearchServer(.elasticsearch, .init(9, 0))
    }

    /// Loads what is missing or differs. Nothing is loaded when any of it is refused beforehand.
    package static func run(
        _ options: ElasticsearchOptions, on target: SetupTarget, report: @escaping SetupReport
    ) async throws(SetupError) -> Result {
        try await SetupClient.with(target, report: report) { client in
            let server = try await server(client)
            if server.product == .collector {
                let note = "\(client.endpoint) is Needletail's collector: it needs no templates, nothing to set up"
                return Result(server: server.description, notes: [note])
            }
            let documents = try ElasticsearchDocuments(for: server, options)
            var loads: [(ElasticsearchResource, SetupRequest?, Outcome)] = []
            for resource in documents.resources {
                let (outcome, request) = try await plan(resource, options, client)
                loads.append((resource, request, outcome))
            }
            var result = Result(server: server.description)
            for (resource, request, outcome) in loads {
                if let request { try await load(request, resource, client) }
                result.outcomes.append((resource.title, outcome))
            }
            result.notes = notes(documents, result.outcomes)
            return result
        }
    }

    // MARK: Steps

    private static func server(_ client: SetupClient) async throws(SetupError) -> ElasticsearchServer {
        let answer = try await client.send(.get("/"))
        if answer.status == 403 { throw forbidden(answer, client) }
        guard answer.isSuccess, let banner = answer.object, let server = ElasticsearchServer(banner: banner) else {
            throw SetupError(
                .badAnswer, "answers \(answer.status), but not as Elasticsearch does; is this its address?",
                endpoint: client.endpoint)
        }
        guard server.hasDataStreams || server.product == .collector else {
            throw SetupError(
                .unsupported,
                "is \(server.description): composable templates need 7.8, and data streams 7.9; upgrade it, or load a "
                    + "legacy template by hand", endpoint: client.endpoint)
        }
        return server
    }

    /// What is to be done, and how; no request where nothing is.
    private static func plan(
        _ resource: ElasticsearchResource, _ options: ElasticsearchOptions, _ client: SetupClient
    ) async throws(SetupError) -> (Outcome, SetupRequest?) {
        let answer = try await client.send(.get(resource.path))
        if answer.status == 404 { return (.created, resource.request) }
        guard answer.isSuccess, let object = answer.object else { throw refused(answer, resource, client) }
        guard let present = resource.present(in: object) else { return (.created, resource.request) }
        if resource.isMet(by: present) { return (.unchanged, nil) }
        if !options.force {
            guard resource.isOurs(present) else {
                throw SetupError(
                    .foreign,
                    "has an \(resource.title) that Needletail has not made; nothing was changed. Look at it with GET "
                        + "\(resource.path), and replace it with --force, or choose another name with --name",
                    endpoint: client.endpoint)
            }
            if resource.laterVersion(present) != nil { return (.newer, nil) }
        }
        return (.updated, resource.request(replacing: present))
    }

    private static func load(
        _ request: SetupRequest, _ resource: ElasticsearchResource, _ client: SetupClient
    ) async throws(SetupError) {
        let answer = try await client.send(request)
        guard answer.isSuccess else { throw refused(answer, resource, client) }
    }

    // MARK: Words

    private static func refused(
        _ answer: SetupAnswer, _ resource: ElasticsearchResource, _ client: SetupClient
    ) -> SetupError {
        if answer.status == 403 { return forbidden(answer, client) }
        return SetupError(
            .refused, "does not take the \(resource.title) (\(answer.status))\(answer.because)",
            endpoint: client.endpoint)
    }

    private static func forbidden(_ answer: SetupAnswer, _ client: SetupClient) -> SetupError {
        SetupError(
            .forbidden,
            "the credentials lack a right (403)\(answer.because); they need the cluster privileges monitor, "
                + "manage_index_templates and, for an ILM policy, manage_ilm", endpoint: client.endpoint)
    }

    private static func notes(
        _ documents: ElasticsearchDocuments, _ outcomes: [(title: String, outcome: Outcome)]
    ) -> [String] {
        var notes: [String] = []
        if outcomes.contains(where: { $0.outcome == .updated }) {
            notes.append(
                "data streams that exist take the new template when they roll over: POST /NAME/_rollover does it now")
            if documents.lifecycle == .dsl {
                notes.append(
                    "the retention of data streams that exist stays as it is: PUT /_data_stream/NAME/_lifecycle sets it"
                )
            }
        }
        if outcomes.contains(where: { $0.outcome == .newer }) {
            notes.append("what a later Needletail has loaded was left as it is; --force replaces it")
        }
        if documents.lifecycle == .none {
            notes.append(
                "no lifecycle was loaded: nothing rolls over or deletes what \(documents.options.pattern) keeps")
        }
        return notes
    }
}
