import CElasticSetup
import EventModel

/// The documents as they lie in `Documents`, in the binary.
///
/// What depends on the server or on options is put in or taken out member by member; no text is ever replaced.
enum SetupDocument: String, CaseIterable {
    case indexTemplate = "index-template"
    case ilmPolicy = "ilm-policy"
    case ismPolicy = "ism-policy"
    case dataView = "data-view"
    case searchTrace = "search-trace"
    case searchErrors = "search-errors"
    case lensLevel = "lens-level"
    case lensService = "lens-service"
    case lensTopServices = "lens-top-services"
    case dashboard

    /// The file as it is.
    var text: [UInt8] { SetupDocument.texts[rawValue] ?? [] }

    /// - Shape: an object; a file that is none is a bug that a test finds.
    var object: JSONObject { JSONTree(text)?.object ?? JSONObject() }

    private static let texts: [String: [UInt8]] = {
        var texts: [String: [UInt8]] = [:]
        for index in 0..<nt_setup_document_count {
            // Safety: constants of the binary, with the sizes that the compiler counted.
            let document = unsafe nt_setup_document_at(index)
            let bytes = unsafe UnsafeBufferPointer(start: document.bytes, count: Int(document.size))
            texts[unsafe String(cString: document.name)] = unsafe Array(bytes)
        }
        return texts
    }()
}
