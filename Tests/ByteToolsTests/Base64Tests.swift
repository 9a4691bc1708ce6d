import ByteTools
import Testing

struct Base64Tests {
    /// RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func `the examples of the RFC`(plain: String, encoded: String) {
        #expect(String(decoding: Base64.encode(plain.utf8), as: UTF8.self) == encoded)
        #expect(Base64.decode(Array(encoded.utf8)) == Array(plain.utf8))
        #expect(Base64.decode(Array(encoded.utf8.prefix { $0 != 0x3d })) == Array(plain.utf8), "without padding")
    }

    @Test func `both alphabets are read, and nothing else`() {
        #expect(Base64.encode([0xfb, 0xff]) == Array("+/8=".utf8))
        #expect(Base64.decode(Array("+/8=".utf8)) == [0xfb, 0xff])
        #expect(Base64.decode(Array("-_8".utf8)) == [0xfb, 0xff])
        #expect(Base64.decode(Array("a b".utf8)) == nil)
    }
}
