import Agent
package import ArgumentParser
import ByteTools
package import ElasticSetup
package import EventModel
package import HTTPTransport
import Transport

/// Who asks, and how the server is known to be the right one; the same for Elasticsearch and Kibana.
///
/// No secret is taken from the command line, where `ps` would show it to everybody on the host.
package struct SetupArguments: ParsableArguments {
    @Option(help: ArgumentHelp("User name; the password is NEEDLETAIL_PASSWORD in the environment.", valueName: "name"))
    package var user: String?

    @Option(
        help: ArgumentHelp(
            "File with an API key, as id:key or in Base64; also NEEDLETAIL_API_KEY in the environment.",
            valueName: "file"),
        completion: .file())
    package var apiKeyFile: String?

    @Option(
        help: ArgumentHelp("Certificate authority of the server (PEM); else the system's.", valueName: "file"),
        completion: .file())
    package var ca: String?

    @Flag(help: "Do not look at the server's certificate: anybody on the way can read the credentials.")
    package var insecure = false

    @Option(help: ArgumentHelp("How long a server that is still starting is waited for (60s).", valueName: "time"))
    package var timeout: TimeSpan?

    package init() {}

    package func validate() throws {
        if user != nil, apiKeyFile != nil { throw ValidationError("--user and --api-key-file exclude each other") }
        if ca != nil, insecure { throw ValidationError("--ca and --insecure exclude each other") }
    }

    /// Replaces the credentials of the configuration by those of the command line and the environment, if there are any.
    ///
    /// - Parameter apiKey: of the configuration, in Base64.
    package func target(
        _ client: HTTPClientSettings, apiKey: Secret?, environment: [String: String]
    ) throws -> SetupTarget {
        var target = SetupTarget(
            client: client, encodedAPIKey: apiKey, userAgent: "needletail/\(AgentVersion.text)")
        if let timeout { target.timeout = timeout.duration }
        if let ca {
            var tls = target.client.tls ?? TLSSettings()
            tls.certificateAuthorities = [ca]
            target.client.tls = tls
        }
        if insecure {
            var tls = target.client.tls ?? TLSSettings()
            tls.verificationMode = .none
            target.client.tls = tls
        }
        try setCredentials(of: &target, environment)
        return target
    }

    private func setCredentials(of target: inout SetupTarget, _ environment: [String: String]) throws {
        let key: String?
        if let apiKeyFile {
            key = try SecretFile.read(apiKeyFile)
        } else {
            key = environment["NEEDLETAIL_API_KEY"].flatMap { $0.isEmpty || user != nil ? nil : $0 }
        }
        guard key != nil || user != nil else { return }
        target.encodedAPIKey = key.map { key in
            Secret(key.contains(":") ? String(decoding: Base64.encode(key.utf8), as: UTF8.self) : key)
        }
        target.client.bearerToken = nil
        target.client.username = user
        target.client.password = user.map { _ in Secret(environment["NEEDLETAIL_PASSWORD"] ?? "") }
        if let user, target.client.password == Secret("") {
            throw ValidationError("--user \(user) wants its password in NEEDLETAIL_PASSWORD, in the environment")
        }
    }

    /// What an operator must not overlook.
    package static func warn(_ target: SetupTarget) {
        if target.client.tls?.verificationMode == TLSSettings.VerificationMode.none {
            StandardError.write(
                """
                WARNING: the server's certificate is NOT looked at. Whoever is on the way can read the credentials \
                and answer in its place. Name its authority with --ca FILE instead.
                """)
        }
    }

    /// An address on the command line, which must not hold a password.
    package static func checked(url: String) throws -> String {
        guard let address = TargetURL(url, schemes: ["http": 80, "https": 443]) else {
            throw ValidationError("--url takes a whole address, such as http://localhost:9200")
        }
        guard address.username == nil else {
            throw ValidationError("a password in --url is seen by everybody on this host: use --user or an API key")
        }
        return url
    }
}
