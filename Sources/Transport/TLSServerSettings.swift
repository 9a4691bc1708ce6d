package import EventModel

/// `ssl.*` of a listener.
package struct TLSServerSettings: Sendable, Equatable {
    /// What is asked of clients: nothing, a certificate that is good if there is one, or a good certificate.
    package enum ClientAuthentication: String, Sendable, CaseIterable { case none, optional, required }

    package var enabled = true
    /// File or PEM text: the server's certificate, then those between it and its authority.
    package var certificate: String?
    package var key: String?
    package var keyPassphrase: Secret?
    /// Files, or PEM texts, of the authorities that sign clients.
    package var certificateAuthorities: [String] = []
    /// nil: `required` where there are authorities, else `none`, as in Filebeat's inputs.
    package var clientAuthentication: ClientAuthentication?
    package var supportedProtocols: [TLSSettings.ProtocolVersion] = [.v12, .v13]
    package var cipherSuites: [String] = []

    package init() {}

    /// Whether every client proves who it is.
    package var requiresClients: Bool { authentication == .required }

    package var authentication: ClientAuthentication {
        clientAuthentication ?? (certificateAuthorities.isEmpty ? .none : .required)
    }
}

extension TLSServerSettings: CustomReflectable {
    /// Printed and dumped settings show no private key, which may stand here as PEM text.
    package var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "enabled": enabled, "certificate": certificate as Any, "key": key == nil ? "none" : "xxxxx",
                "keyPassphrase": keyPassphrase as Any, "certificateAuthorities": certificateAuthorities,
                "clientAuthentication": authentication, "supportedProtocols": supportedProtocols,
                "cipherSuites": cipherSuites,
            ], displayStyle: .struct)
    }
}
