import Glibc
import NIOSSL

/// Says why a certificate was not accepted. BoringSSL only says that it was not, so a second connection takes a look at
/// what the server presents.
enum TLSDiagnosis {
    /// - Parameter now: seconds since 1970.
    static func text(_ chain: [NIOSSLCertificate], now: time_t = time(nil)) -> String {
        for (depth, certificate) in chain.enumerated() {
            let whose = depth == 0 ? "the server's certificate" : "a certificate in the server's chain"
            if certificate.notValidAfter < now {
                return "\(whose) expired on \(day(certificate.notValidAfter))"
            }
            if certificate.notValidBefore > now {
                return "\(whose) is not valid before \(day(certificate.notValidBefore)); is this host's clock right?"
            }
        }
        return "the server's certificate is signed by an unknown authority "
            + "(ssl.certificate_authorities, ssl.ca_sha256)"
    }

    private static func day(_ seconds: time_t) -> String {
        var seconds = seconds
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        let month = unsafe two(parts.tm_mon + 1)
        let day = unsafe two(parts.tm_mday)
        return unsafe "\(parts.tm_year + 1900)-\(month)-\(day)"
    }

    private static func two(_ number: CInt) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
