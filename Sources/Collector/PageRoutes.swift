package import HTTPTypes
package import HummingbirdCore
import NIOCore

/// The page: `/` for browsers, and its files below `/assets/`.
package enum PageRoutes {
    /// - Returns: nil when the path is not the page's. `/` is the page's for whoever asks for HTML; Elasticsearch's
    ///   clients ask there for something else.
    package static func respond(to head: HTTPRequest) -> Response? {
        let path = (head.path ?? "/").prefix { $0 != "?" }
        let name: Substring
        if path == "/" {
            guard head.headerFields[.accept]?.contains("text/html") == true else { return nil }
            name = "index.html"
        } else if path == "/favicon.ico" {
            name = "icon.svg"
        } else if path.hasPrefix("/assets/") {
            name = path.dropFirst("/assets/".count)
        } else {
            return nil
        }
        guard head.method == .get || head.method == .head else {
            return APIReply.error(APIError(.methodNotAllowed, "Only GET and HEAD are answered here."))
        }
        guard let asset = PageAsset.all[String(name)] else { return APIReply.error(.noSuchPage) }
        return respond(with: asset, to: head)
    }

    private static func respond(with asset: PageAsset, to head: HTTPRequest) -> Response {
        var headers = APIGuard.headers
        headers[.contentType] = asset.contentType
        headers[.eTag] = asset.tag
        // Kept, but asked about each time: another binary may answer under this address tomorrow.
        headers[.cacheControl] = "no-cache"
        headers[.vary] = "Accept"
        if head.headerFields[.ifNoneMatch]?.contains(asset.tag) == true {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentLength] = String(asset.body.readableBytes)
        let body = head.method == .head ? ResponseBody() : ResponseBody(byteBuffer: asset.body)
        return Response(status: .ok, headers: headers, body: body)
    }
}
