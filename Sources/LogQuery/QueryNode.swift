package import EventFields
package import LogStore

/// What a query asks of one event, as a tree.
package indirect enum QueryNode: Sendable, Equatable {
    /// Every event.
    case all
    case term(QueryTerm)
    case not(QueryNode)
    case and([QueryNode])
    case or([QueryNode])
}

/// One condition: of which value, and what.
package struct QueryTerm: Sendable, Equatable {
    package enum Field: Sendable, Equatable {
        /// Any value of the event.
        case any
        case level
        /// What the event says of its service, host or file.
        case name(NameKind)
        /// What the event says of its trace, span, request, message or id.
        case role(EventRole)
        /// The values at a dotted path.
        case path([UInt8])
    }

    package enum Condition: Sendable, Equatable {
        /// These words one behind the other, the last of them to begin with what is given if it is open.
        case phrase(words: [[UInt8]], isOpen: Bool)
        /// These words and no others.
        case whole(words: [[UInt8]], isOpen: Bool)
        case number(NumberRange)
        case levels(ClosedRange<Severity>)
        /// There is a value.
        case exists
    }

    package let field: Field
    package let condition: Condition
}

/// Numbers between two ends, each of which may be out or left out.
package struct NumberRange: Sendable, Equatable {
    package var lowest = -Double.infinity
    package var highest = Double.infinity
    package var isLowestIn = true
    package var isHighestIn = true

    package init() {}

    package func contains(_ number: Double) -> Bool {
        (isLowestIn ? number >= lowest : number > lowest) && (isHighestIn ? number <= highest : number < highest)
    }
}
