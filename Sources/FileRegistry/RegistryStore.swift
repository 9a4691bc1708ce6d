/// Where a pipeline's thread puts settled positions. Nothing here blocks: one registrar thread does the writing.
package protocol RegistryStore: AnyObject, Sendable {
    /// A row id that no other row has had.
    func nextID() -> Int64
    /// The rows of a pipeline as they were last committed.
    func records(pipeline: String) -> [FileRecord]
    /// Takes new contents of rows, to be committed within a second. Later contents of a row replace earlier ones.
    /// - Returns: a ticket; once `committed` reaches it, the rows are on disk.
    func submit(_ records: [FileRecord], removed: [Int64]) -> UInt64
    /// Commits what was submitted as soon as the disk allows it, not at the end of the second. Does not wait for it.
    func hurry()
    /// The highest ticket whose rows are on disk.
    var committed: UInt64 { get }
    /// Why nothing can be committed at the moment; nil when all is well.
    var trouble: String? { get }
}
