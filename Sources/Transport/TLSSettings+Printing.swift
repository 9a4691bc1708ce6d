extension TLSSettings: CustomReflectable {
    /// Printed and dumped settings show no private key, which may stand here as PEM text.
    package var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "enabled": enabled, "verificationMode": verificationMode,
                "certificateAuthorities": certificateAuthorities, "certificate": certificate as Any,
                "key": key == nil ? "none" : "xxxxx", "keyPassphrase": keyPassphrase as Any, "caSHA256": caSHA256,
                "caTrustedFingerprint": caTrustedFingerprint as Any, "supportedProtocols": supportedProtocols,
                "cipherSuites": cipherSuites,
            ], displayStyle: .struct)
    }
}
