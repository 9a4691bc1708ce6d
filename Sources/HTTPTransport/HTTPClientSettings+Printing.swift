extension HTTPClientSettings: CustomReflectable {
    /// Printed and dumped settings show no password of a proxy; the other secrets hide themselves.
    package var customMirror: Mirror {
        Mirror(
            self,
            children: [
                "hosts": hosts, "compressionLevel": compressionLevel, "headers": headers, "username": username as Any,
                "password": password as Any, "bearerToken": bearerToken as Any, "workers": workers,
                "loadBalance": loadBalance, "timeout": timeout, "idleConnectionTimeout": idleConnectionTimeout,
                "bulkMaxSize": bulkMaxSize, "bulkMaxBytes": bulkMaxBytes,
                "proxyURL": proxyURL == nil ? "none" : "xxxxx", "tls": tls as Any,
            ], displayStyle: .struct)
    }
}
