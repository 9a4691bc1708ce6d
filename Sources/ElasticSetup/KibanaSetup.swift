import EventModel

/// `needletail setup kibana`: imports the saved objects.
package enum KibanaSetup {
    package struct Options: Sendable, Equatable {
        /// The space that gets them; nil: the default one.
        package var space: String?
        package var pattern = "needletail-*"
        /// Leaves objects that are there as they are, with what people have changed in them.
        package var keepsExisting = false

        package init() {}
    }

    package struct Result: Sendable, Equatable {
        package var created = 0
        /// Were there, with the same ids.
        package var replaced = 0
        /// Were there, and stayed.
        package var kept = 0
        package var dashboard = ""
    }

    package static func run(
        _ options: Options, on target: SetupTarget, report: @escaping SetupReport
    ) async throws(SetupError) -> Result {
        let prefix = try path(ofSpace: options.space)
        return try await SetupClient.with(target, report: report) { client in
            try await checkVersion(client)
            let request = importRequest(options, prefix)
            let answer = try await client.send(request)
            var result = try judge(answer, options, client)
            let first = client.endpoint.split(separator: ",").first.map(String.init) ?? ""
            result.dashboard =
                (first.hasSuffix("/") ? String(first.dropLast()) : first) + prefix
                + KibanaObjects.dashboardPath
            return result
        }
    }

    /// `/s/ops` for the space `ops`.
    private static func path(ofSpace space: String?) throws(SetupError) -> String {
        guard let space, space != "default" else { return "" }
        let isName = space.utf8.allSatisfy {
            (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f || $0 == 0x2d
        }
        guard !space.isEmpty, isName else {
            throw SetupError(.settings, "--space takes the id of a space: small letters, digits, '_' and '-'")
        }
        return "/s/" + space
    }

    /// Waits until Kibana is up, and refuses one that is older than the objects. One that does not say its version to
    /// us is given the benefit of the doubt: the import judges.
    private static func checkVersion(_ client: SetupClient) async throws(SetupError) {
        let answer = try await client.send(.get("/api/status"))
        // Whoever may not see the status is told so with 403; what has no status at all is something else.
        guard answer.status == 403 || answer.object?["status"] != nil else {
            throw SetupError(
                .badAnswer, "answers \(answer.status) to /api/status, but not as Kibana does; is this its address?",
                endpoint: client.endpoint)
        }
        guard let text = answer.object?.text(at: "version.number"), let version = ElasticsearchServer.Version(text),
            version < .init(8, 8)
        else { return }
        throw SetupError(
            .unsupported, "is Kibana \(text); the saved objects need 8.8 or later", endpoint: client.endpoint)
    }

    /// - Source: Kibana's API, "Import saved objects": one part `file` of a multipart form.
    private static func importRequest(_ options: Options, _ prefix: String) -> SetupRequest {
        let boundary = "needletail-saved-objects-5f1c0e3a9b7d"
        var body = Array("--\(boundary)\r\n".utf8)
        body += Array("Content-Disposition: form-data; name=\"file\"; filename=\"needletail.ndjson\"\r\n".utf8)
        body += Array("Content-Type: application/ndjson\r\n\r\n".utf8)
        body += KibanaObjects.ndjson(pattern: options.pattern)
        body += Array("\r\n--\(boundary)--\r\n".utf8)
        var request = SetupRequest(
            method: "POST",
            path: "\(prefix)/api/saved_objects/_import\(options.keepsExisting ? "" : "?overwrite=true")", body: body)
        request.contentType = "multipart/form-data; boundary=\(boundary)"
        request.headers = [("kbn-xsrf", "true")]
        return request
    }

    // MARK: The answer

    private static func judge(
        _ answer: SetupAnswer, _ options: Options, _ client: SetupClient
    ) throws(SetupError) -> Result {
        if answer.status == 403 {
            throw SetupError(
                .forbidden,
                "the credentials lack a right (403)\(answer.because); they need the Kibana privilege "
                    + "Saved Objects Management: All in this space", endpoint: client.endpoint)
        }
        guard answer.isSuccess else {
            let space = answer.status == 404 ? "; is this Kibana's address, and is there such a space?" : ""
            throw SetupError(
                .refused, "does not import the objects (\(answer.status))\(answer.because)\(space)",
                endpoint: client.endpoint)
        }
        guard let object = answer.object, object["success"] != nil else {
            throw SetupError(
                .badAnswer, "answers \(answer.status), but not as Kibana does; is this its address?",
                endpoint: client.endpoint)
        }
        var result = Result()
        for success in object["successResults"]?.array ?? [] {
            if success.object?.text(at: "overwrite") == "true" { result.replaced += 1 } else { result.created += 1 }
        }
        var problems: [String] = []
        for error in (object["errors"]?.array ?? []).compactMap(\.object) {
            let kind = error.text(at: "error.type") ?? "unknown"
            if kind == "conflict", options.keepsExisting {
                result.kept += 1
            } else {
                let name = [error.text(at: "type"), error.text(at: "id")].compactMap(\.self).joined(separator: " ")
                problems.append("\(name): \(error.text(at: "error.message") ?? kind)")
            }
        }
        let count = KibanaObjects.all(pattern: options.pattern).count
        guard problems.isEmpty, result.created + result.replaced + result.kept == count else {
            let words = problems.isEmpty ? "" : ": " + problems.joined(separator: "; ")
            throw SetupError(
                .refused, "imported \(result.created + result.replaced) of \(count) objects\(words)",
                endpoint: client.endpoint)
        }
        return result
    }
}
