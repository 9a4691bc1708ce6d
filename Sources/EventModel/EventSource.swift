/// One generation of one file as the events see it: its id, its name, and how its lines become events.
///
/// A rename or a fingerprint that is complete makes a new source; the lines that were read before keep theirs.
package final class EventSource: Sendable {
    /// Row of the registry; below 0 for a source without one (standard input).
    package let fileID: Int64
    package let generation: UInt32
    package let path: String
    /// First part of the id of every event of this generation; the file offset follows.
    package let idKey: String
    package let template: EventTemplate
    /// The bytes of `idKey` and the dash behind it, for those who write ids into a buffer.
    let idPrefix: [UInt8]

    package init(fileID: Int64, generation: UInt32, path: String, idKey: String, template: EventTemplate) {
        self.fileID = fileID
        self.generation = generation
        self.path = path
        self.idKey = idKey
        self.template = template
        idPrefix = Array(idKey.utf8) + [UInt8(ascii: "-")]
    }

    /// The id of the event that starts at `offset`: the same line sent again has the same id.
    package func eventID(offset: UInt64) -> String { "\(idKey)-\(offset)" }
}
