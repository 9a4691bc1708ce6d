import EventModel
import TestSupport
import Testing
import Transport

struct TLSClientTests {
    private func message(_ change: (inout TLSSettings) -> Void) -> String? {
        var settings = TLSSettings()
        change(&settings)
        do throws(TransportError) {
            _ = try TLSClient(settings)
            return nil
        } catch {
            #expect(error.code == .configuration)
            return error.message
        }
    }

    @Test func `a missing file is named with its setting`() {
        let path = "/no/such/ca.pem"
        #expect(
            message { $0.certificateAuthorities = [path] }
                == "ssl.certificate_authorities: \(path): No such file or directory")
        #expect(
            message {
                $0.certificate = TestCertificates.client
                $0.key = "/no/such/key.pem"
            } == "ssl.key: /no/such/key.pem: No such file or directory")
    }

    @Test func `a text that is no certificate is refused`() {
        let garbage = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        #expect(
            message { $0.certificateAuthorities = [garbage] }
                == "ssl.certificate_authorities: the text holds no PEM certificate")
    }

    @Test func `certificate and key belong together`() {
        #expect(message { $0.certificate = TestCertificates.client } == "ssl.certificate is set, but ssl.key is not")
        #expect(message { $0.key = TestCertificates.clientKey } == "ssl.key is set, but ssl.certificate is not")
        let mismatch = message {
            $0.certificate = TestCertificates.client
            $0.key = TestCertificates.serverKey
        }
        #expect(mismatch?.contains("do not fit together") == true)
    }

    @Test func `an encrypted key needs its passphrase`() {
        func withKey(_ passphrase: String?) -> String? {
            message {
                $0.certificate = TestCertificates.client
                $0.key = TestCertificates.clientKeyEncrypted
                $0.keyPassphrase = passphrase.map { Secret($0) }
            }
        }
        #expect(withKey(TestCertificates.passphrase) == nil)
        #expect(withKey("wrong")?.hasSuffix("is ssl.key_passphrase right?") == true)
        #expect(withKey(nil)?.hasSuffix("set ssl.key_passphrase") == true)
    }

    @Test func `a pin that no authority has is refused`() {
        let refused = message {
            $0.certificateAuthorities = [TestCertificates.otherAuthority]
            $0.caSHA256 = [TestCertificates.authorityPin]
        }
        #expect(refused == "ssl.ca_sha256: none of the certificate authorities has one of the pinned keys")
    }

    @Test func `cipher suites are known by Filebeat's names`() {
        #expect(message { $0.cipherSuites = ["ECDHE-RSA-AES-128-GCM-SHA256"] } == nil)
        #expect(message { $0.cipherSuites = ["ROT13"] }?.hasPrefix("ssl.cipher_suites: unknown suite ROT13") == true)
    }

    @Test func `no protocol version is an error`() {
        #expect(message { $0.supportedProtocols = [] }?.hasPrefix("ssl.supported_protocols is empty") == true)
    }
}
