import ByteTools
import Glibc
import Testing

struct PathTextTests {
    private func text(_ bytes: [UInt8]) -> String {
        unsafe bytes.withUnsafeBufferPointer { unsafe PathText.text($0) }
    }

    private func bytes(_ path: String) -> [UInt8] {
        unsafe PathText.withCString(path) { pointer in
            unsafe (0..<strlen(pointer)).map { unsafe UInt8(bitPattern: pointer[$0]) }
        }
    }

    @Test(arguments: ["/var/log/app.log", "/var/log/\u{fc}ber \u{1f600}.log", ""])
    func `a path in UTF-8 is itself`(path: String) {
        #expect(text(Array(path.utf8)) == path)
        #expect(bytes(path) == Array(path.utf8))
        #expect(PathText.shown(path) == path)
    }

    @Test(arguments: [
        ([0x61, 0xe9, 0x2e], "a\\xe9."), ([0xff], "\\xff"), ([0xe2, 0x82, 0x61], "\\xe2\\x82a"),
        ([0xc0, 0xaf], "\\xc0\\xaf"), ([0xf4, 0x8f, 0xbf, 0xa9], "\\xf4\\x8f\\xbf\\xa9"),
        ([0xed, 0xa0, 0x80], "\\xed\\xa0\\x80"),
    ])
    func `a byte that is no UTF-8 is shown as such and becomes the byte again`(name: [UInt8], shown: String) {
        #expect(PathText.shown(text(name)) == shown)
        #expect(bytes(text(name)) == name)
    }

    @Test func `any bytes survive, and no two names are the same text`() {
        var state: UInt64 = 7
        var seen: [String: [UInt8]] = [:]
        for _ in 0..<20_000 {
            var name: [UInt8] = []
            for _ in 0..<5 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                name.append([0x61, 0xc3, 0xa9, 0xf4, 0x8f, 0xbe, 0xbf, 0x80, 0xe2, 0xff][Int(state >> 33) % 10])
            }
            let path = text(name)
            #expect(bytes(path) == name)
            #expect(seen.updateValue(name, forKey: path) ?? name == name)
        }
    }
}
