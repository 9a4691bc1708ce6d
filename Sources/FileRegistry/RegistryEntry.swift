/// A row of the registry as an operator sees it.
package struct RegistryEntry: Sendable, Equatable {
    package let record: FileRecord
    /// When the row was last committed, ns since 1970.
    package let updated: Int64

    package init(record: FileRecord, updated: Int64) {
        self.record = record
        self.updated = updated
    }
}
