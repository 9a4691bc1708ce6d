/// What is known of one event.
///
/// - Shape: trivial, 112 bytes. The places point into the text of the scanner that made it, until its next scan.
/// - Units: `time` in ns since 1970.
package struct EventFacts: Sendable {
    /// Nil when the event does not say.
    package var time: Int64?
    package var severity: Severity = .unknown
    /// The message is the service's whole line, which has none of its own: to be shown, but its text is not a value.
    package var isMessageWholeLine = false
    /// The service's own line, where it is an object inside the message; else empty. A place as those of the roles.
    package var line: Range<Int> { Int(linePlace.start)..<Int(linePlace.start) + Int(linePlace.count) }
    var linePlace = TextPlace()
    var places = InlineArray<11, TextPlace>(repeating: TextPlace())

    package init() {}

    /// Where the value of a role is in `EventScanner.text`; empty when the event does not say. Time and level have none.
    package subscript(role: EventRole) -> Range<Int> {
        let place = places[Int(role.rawValue)]
        return Int(place.start)..<Int(place.start) + Int(place.count)
    }
}

struct TextPlace: Sendable {
    var start: UInt32 = 0
    var count: UInt32 = 0
}

/// One leaf of an event: a string, number or word that is no object and no array. Nulls are none.
package struct EventValue: ~Escapable {
    package enum Kind: UInt8, Sendable { case string, number, boolean }

    /// The dotted path; members of an array's elements have the path of the array's.
    package let path: Span<UInt8>
    /// `WordHash` of the path.
    package let pathHash: UInt64
    /// A string with its escapes resolved, anything else as it stands.
    package let text: Span<UInt8>
    package let kind: Kind
    /// What its path says, if it does.
    package let role: EventRole?
    /// Left out of full text; see `NoiseFields`.
    package let isNoise: Bool
    /// Whether it stands in the service's own line inside `message`.
    package let isInLine: Bool

    @_lifetime(copy path, copy text)
    init(
        path: consuming Span<UInt8>, pathHash: UInt64, text: consuming Span<UInt8>, kind: Kind, role: EventRole?,
        isNoise: Bool, isInLine: Bool
    ) {
        self.path = path
        self.pathHash = pathHash
        self.text = text
        self.kind = kind
        self.role = role
        self.isNoise = isNoise
        self.isInLine = isInLine
    }
}
