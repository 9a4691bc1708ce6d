package import EventFields
package import LogStore

/// Answers questions about a store. Every question is of one moment: it takes a snapshot and lets go of it at its end.
///
/// - Ownership: one question, one thread; all of them block. Any number of threads may ask at a time.
/// - Errors: `StoreError`. A damaged segment is left out, and named in `problems` of the answer.
package final class LogSearch: Sendable {
    let reader: StoreReader
    let aliases: FieldAliases

    package init(reader: StoreReader, aliases: FieldAliases = .standard) {
        self.reader = reader
        self.aliases = aliases
    }

    func words(of query: Query) -> WordExpression? {
        let scanner = EventScanner(aliases: aliases)
        let words = query.words { scanner.mayHide(path: $0) }
        return words == .all ? nil : words
    }

    /// One event; nil when there is none with that key, or no longer.
    package func event(_ key: EventKey) throws -> FoundEvent? {
        let snapshot = try reader.snapshot()
        guard let (head, index) = try snapshot.find(key) else { return nil }
        return try EventReader(aliases: aliases).read(snapshot.load(head), index)
    }
}

/// How much was looked at for an answer.
package struct Searched: Sendable, Equatable {
    package var blocks = 0
    package var events = 0
}
