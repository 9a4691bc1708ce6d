/// Where a setting stands.
package struct Place: Sendable, Hashable {
    /// Rank of the source: the files as given, then the `-E` options as given.
    package var source: Int
    /// The file's path, or `-E key`.
    package var name: String
    /// From 1; 0 when the source has no lines.
    package var line: Int
    package var column: Int
}

extension Place: Comparable, CustomStringConvertible {
    package static func < (left: Place, right: Place) -> Bool {
        (left.source, left.line, left.column) < (right.source, right.line, right.column)
    }

    package var description: String { line == 0 ? name : "\(name):\(line):\(column)" }
}

/// One thing that is wrong with the configuration.
package struct ConfigurationError: Sendable, Equatable, CustomStringConvertible {
    package enum Code: String, Sendable {
        case unreadable, permissions, syntax, variable, unknownKey, notSupported, value, missing, conflict
    }

    package var code: Code
    /// What is wrong and what to do; never the value of a secret.
    package var message: String
    package var place: Place

    package var description: String { "\(place): \(message)" }
}

/// Everything that is wrong with the configuration, in the order of the places; never empty.
package struct ConfigurationErrors: Error, Sendable, Equatable, CustomStringConvertible {
    package var errors: [ConfigurationError]

    /// One error a line.
    package var description: String { errors.map(\.description).joined(separator: "\n") }
}
