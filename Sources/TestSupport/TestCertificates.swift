/// Certificates for tests, made with openssl(1): P-256 keys, valid for a hundred years unless said otherwise. The keys are
/// known to all the world and good for nothing else.
package enum TestCertificates {
    /// Base64 of the SHA-256 of `authority`'s public key (`ca_sha256`).
    package static let authorityPin = "jL62gIGR+3dSmpDxEGrdgG8I7XeIaUERU/SJVl4sRDY="
    /// Hex of the SHA-256 of `authority` (`ca_trusted_fingerprint`).
    package static let authorityFingerprint = "04528da28e6d81045a24779de3f1743187b1e92374bd464aba7ef57778c45145"
    package static let passphrase = "sesame"

    /// The authority that signed all the others.
    package static let authority = """
        -----BEGIN CERTIFICATE-----
        MIIBiDCCAS+gAwIBAgIUJNUd2s3OSpYQSbSoNV29Zvla/ocwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjYxMTIzMDYyMzM3WhgPMjEy
        NjEwMzAwNjIzMzdaMBkxFzAVBgNVBAMMDlRlc3QgQXV0aG9yaXR5MFkwEwYHKoZI
        zj0CAQYIKoZIzj0DAQcDQgAEiXkqbqjIaNtSRLWTCieyQOB6VVwbCu0ntNC3dpSq
        4mNToQQAkneh6a8mjOBImUhHvQytnmOdfzeCPQRaz/umBqNTMFEwHQYDVR0OBBYE
        FEb1WbvfIodfUbpJhtbcZ1+LfNCJMB8GA1UdIwQYMBaAFEb1WbvfIodfUbpJhtbc
        Z1+LfNCJMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgbH8FW7IT
        mw0woIOvCWsrrBSlt1PwfQW3mKCYv27JmIUCIAm8ShxkeEEFKjUQjpdKSASTJERj
        BTj5I7256NNfS54w
        -----END CERTIFICATE-----

        """

    /// An authority that signed none of them.
    package static let otherAuthority = """
        -----BEGIN CERTIFICATE-----
        MIIBjDCCATGgAwIBAgIUTgsxXGjxnAg76vBG6OMzXLSMTiAwCgYIKoZIzj0EAwIw
        GjEYMBYGA1UEAwwPT3RoZXIgQXV0aG9yaXR5MCAXDTI2MTEyMzA2MjMzN1oYDzIx
        MjYxMDMwMDYyMzM3WjAaMRgwFgYDVQQDDA9PdGhlciBBdXRob3JpdHkwWTATBgcq
        hkjOPQIBBggqhkjOPQMBBwNCAARTIygA+WP3BYR/xrtaEIy0e46d2nM8uUpmskYY
        S2hsm0SP0+FLPAZZahqQJQBBhGyX8g6hNZw0bfVFwjS+lzq6o1MwUTAdBgNVHQ4E
        FgQUb0j0MxlWhpTpZDEfWzGBmjGhM9wwHwYDVR0jBBgwFoAUb0j0MxlWhpTpZDEf
        WzGBmjGhM9wwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAhID+
        TK00BNvzd56WNLpapCeayIYMvj4qylT16e0vSbgCIQDfW0eCXa7efR1l3qxVwOGG
        DHvPsGAWg28Rw4C8y7p2/g==
        -----END CERTIFICATE-----

        """

    /// For `localhost` and 127.0.0.1.
    package static let server = """
        -----BEGIN CERTIFICATE-----
        MIIBizCCATKgAwIBAgIUF3vRH9taw5N/NBQsMQofPdbuEokwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjYxMTIzMDYyMzM3WhgPMjEy
        NjEwMzAwNjIzMzdaMBExDzANBgNVBAMMBnNlcnZlcjBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABGuVHZHeR5LlZlqGa2P9BH/+YWn+fcHBDuVPCGZhgcmvWQI6Eql7
        clJkqrAFgxjD7QPyo4OUYZPX+URbX35kOa+jXjBcMBoGA1UdEQQTMBGCCWxvY2Fs
        aG9zdIcEfwAAATAdBgNVHQ4EFgQUsep7IxxpU3X9DKN+6Kn/kImitTswHwYDVR0j
        BBgwFoAURvVZu98ih19RukmG1txnX4t80IkwCgYIKoZIzj0EAwIDRwAwRAIgRE9+
        qA7/nxitl0A5IPFoBOpjOEhGYPPuP17ECvWnB8sCIHRk6o8vVNhvz/40XPyr+N/n
        Fdbc7yimhBymHQZW4lpy
        -----END CERTIFICATE-----

        """

    package static let serverKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqW56g+YAuiDdtbwv
        QLhDDSvsdDhSxfNeG1cw0rIAU3ahRANCAARrlR2R3keS5WZahmtj/QR//mFp/n3B
        wQ7lTwhmYYHJr1kCOhKpe3JSZKqwBYMYw+0D8qODlGGT1/lEW19+ZDmv
        -----END PRIVATE KEY-----

        """

    /// For `elsewhere.example` and 192.0.2.1.
    package static let elsewhere = """
        -----BEGIN CERTIFICATE-----
        MIIBlzCCAT2gAwIBAgIUF3vRH9taw5N/NBQsMQofPdbuEoowCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjYxMTIzMDYyMzM3WhgPMjEy
        NjEwMzAwNjIzMzdaMBQxEjAQBgNVBAMMCWVsc2V3aGVyZTBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABCU6eo/QX9k7/iQIRu8q3EB3T9iIIpOFO33jq7ddVwYQbpKv
        RAvzAnigJIWHNmvPBX+aqeqZ4mwyHmLvtMgu3lWjZjBkMCIGA1UdEQQbMBmCEWVs
        c2V3aGVyZS5leGFtcGxlhwTAAAIBMB0GA1UdDgQWBBS50L5gbQI5ndiEdwzLAhW0
        wmY0mzAfBgNVHSMEGDAWgBRG9Vm73yKHX1G6SYbW3Gdfi3zQiTAKBggqhkjOPQQD
        AgNIADBFAiBG/cgErw9eU6sk2w1Y+wTwvMLHHpsxh2NAzYoJavZr9gIhAME3v3Jd
        JunUOTYfZKLI5wi7l0+PKN6hgtCflrNSJ4C/
        -----END CERTIFICATE-----

        """

    package static let elsewhereKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgSV2o/YXsQQXGp17g
        3CBH4Ne1uUWwMpKDJS9PaP/REEqhRANCAAQlOnqP0F/ZO/4kCEbvKtxAd0/YiCKT
        hTt946u3XVcGEG6Sr0QL8wJ4oCSFhzZrzwV/mqnqmeJsMh5i77TILt5V
        -----END PRIVATE KEY-----

        """

    /// With the common name `localhost` and no subject alternative names.
    package static let unnamed = """
        -----BEGIN CERTIFICATE-----
        MIIBfDCCASSgAwIBAgIUF3vRH9taw5N/NBQsMQofPdbuEoswCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjYxMTIzMDYyMzM3WhgPMjEy
        NjEwMzAwNjIzMzdaMBQxEjAQBgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEG
        CCqGSM49AwEHA0IABGK5i8s7msSVz+xu1DZqAE7PSj5YpCrxq7ojmtuevhmgF27y
        GNYfI7DHavHJ6dvSSkuzdiYVODbkH9olNxfVUXijTTBLMAkGA1UdEwQCMAAwHQYD
        VR0OBBYEFEZDZujDGa/Ib/YkgFGHpJteasjwMB8GA1UdIwQYMBaAFEb1WbvfIodf
        UbpJhtbcZ1+LfNCJMAoGCCqGSM49BAMCA0YAMEMCHzptNAz8QTYZHT8Wii8OOfeN
        WAH8GKfifokm0pfzIP4CIDwinBUMc1+bCK24CvdGI5GlxWecvr0XtLd7TR3FTgrz
        -----END CERTIFICATE-----

        """

    package static let unnamedKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgYSFOrJl1S8yfBBKS
        ZD4b4f4q/C3v7Fn2T6O0Dr3w6BShRANCAARiuYvLO5rElc/sbtQ2agBOz0o+WKQq
        8au6I5rbnr4ZoBdu8hjWHyOwx2rxyenb0kpLs3YmFTg25B/aJTcX1VF4
        -----END PRIVATE KEY-----

        """

    /// For `localhost`; valid in January 2020.
    package static let expired = """
        -----BEGIN CERTIFICATE-----
        MIIBeDCCAR6gAwIBAgIBATAKBggqhkjOPQQDAjAZMRcwFQYDVQQDDA5UZXN0IEF1
        dGhvcml0eTAeFw0yMDAxMDEwMDAwMDBaFw0yMDAyMDEwMDAwMDBaMBIxEDAOBgNV
        BAMMB2V4cGlyZWQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARquJspVujW2GW+
        GeUN7mV5QmDUL2cjAFaiA1oU0bzAxjIGinmoz5fjZ3X2kyL353odOTHmNk40BOzw
        53DCxxHTo14wXDAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwHQYDVR0OBBYE
        FAuRUeFg2brhbQ0u5MbHwu+LJG8yMB8GA1UdIwQYMBaAFEb1WbvfIodfUbpJhtbc
        Z1+LfNCJMAoGCCqGSM49BAMCA0gAMEUCIBk4xe1IgnCWNNHNlL0VMwDaLPPvLajk
        bcn7dTzL0Dq2AiEA6Kq7YBYwZfxNuWjhIQ+BJZ0L7IF7gxsuqW7RN3GFFq8=
        -----END CERTIFICATE-----

        """

    package static let expiredKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgY2AflwyxITr4c1H0
        gX3G5sOaiVPL3chtKhDodCx4SyahRANCAARquJspVujW2GW+GeUN7mV5QmDUL2cj
        AFaiA1oU0bzAxjIGinmoz5fjZ3X2kyL353odOTHmNk40BOzw53DCxxHT
        -----END PRIVATE KEY-----

        """

    /// A client.
    package static let client = """
        -----BEGIN CERTIFICATE-----
        MIIBezCCASGgAwIBAgIUF3vRH9taw5N/NBQsMQofPdbuEowwCgYIKoZIzj0EAwIw
        GTEXMBUGA1UEAwwOVGVzdCBBdXRob3JpdHkwIBcNMjYxMTIzMDYyMzM3WhgPMjEy
        NjEwMzAwNjIzMzdaMBExDzANBgNVBAMMBmNsaWVudDBZMBMGByqGSM49AgEGCCqG
        SM49AwEHA0IABG68kvritMIjUVUPs4JWgexNe76WOf3/c6wBSZQ/niW++3a73Oix
        T02OHxbDQlbMgDhqMZEieFAtjNGtuCoSWESjTTBLMAkGA1UdEwQCMAAwHQYDVR0O
        BBYEFIjqS9zFJt8AS0M+tmPMd8Vl1dbXMB8GA1UdIwQYMBaAFEb1WbvfIodfUbpJ
        htbcZ1+LfNCJMAoGCCqGSM49BAMCA0gAMEUCIQDeYT6TvGKdvQAKX8Pr0kmvgodG
        Fv/37cptZ22v6aka1wIgX7wEUyJHVU4B7zNW9v20DwJTy2MbQCvNt3mAqr5LVSM=
        -----END CERTIFICATE-----

        """

    package static let clientKey = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgHxGpus1R1bBGgWWN
        Ni1zCxLxRWt6KEYjE0oNcc2BUmuhRANCAARuvJL64rTCI1FVD7OCVoHsTXu+ljn9
        /3OsAUmUP54lvvt2u9zosU9Njh8Ww0JWzIA4ajGRInhQLYzRrbgqElhE
        -----END PRIVATE KEY-----

        """

    /// `clientKey` with the passphrase `sesame` (PKCS #8, AES-256).
    package static let clientKeyEncrypted = """
        -----BEGIN ENCRYPTED PRIVATE KEY-----
        MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAgZY3YUuvLPlgICCAAw
        DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEL9OgFlRPImc5PllIwlBVEQEgZDj
        sQbPZ0DK+iM8qcFBwQ8ECSelgjamztRcyeHSOeZIC3AjkJU+wKIUpXGJc5FwZSUe
        JLOvytBFJ5AppFKXNbAz9dl+71BenvR/eTJuH6IP1U+8vqHFeOEGC/yhy0lWBkQG
        XdBaDDTv47M6tl9EgA8plKQu0zA244n1XekFDiv8Sppimaxxt9v6sTkxyV5hVc8=
        -----END ENCRYPTED PRIVATE KEY-----

        """
}
