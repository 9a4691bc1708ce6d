import CPage
import Crypto
import NIOCore

/// A file of the page, as it is in the binary.
struct PageAsset: Sendable {
    let name: String
    let contentType: String
    let body: ByteBuffer
    /// With its quotes, as HTTP wants it.
    let tag: String

    /// All of them by name; made once.
    static let all: [String: PageAsset] = {
        let assets = (0..<nt_page_asset_count).map { index in
            // Safety: constants of the binary, with the sizes that the compiler counted.
            let asset = unsafe nt_page_asset_at(index)
            let bytes = unsafe UnsafeBufferPointer(start: asset.bytes, count: Int(asset.size))
            return PageAsset(name: unsafe String(cString: asset.name), bytes: unsafe Array(bytes))
        }
        return Dictionary(uniqueKeysWithValues: assets.map { ($0.name, $0) })
    }()

    private init(name: String, bytes: [UInt8]) {
        self.name = name
        contentType =
            switch name.split(separator: ".").last {
            case "html": "text/html; charset=utf-8"
            case "css": "text/css; charset=utf-8"
            case "js": "text/javascript; charset=utf-8"
            case "svg": "image/svg+xml"
            default: "application/octet-stream"
            }
        body = ByteBuffer(bytes: bytes)
        tag =
            "\""
            + SHA256.hash(data: bytes).prefix(8).map { byte in
                (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }.joined() + "\""
    }
}
