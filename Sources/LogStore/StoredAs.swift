/// What became of an event that was given to the store.
package enum StoredAs: UInt8, Sendable, CaseIterable {
    case stored, duplicate, tooLarge, invalid
}
