/// What an input's `parsers` make of a line, decided when its event is encoded.
package protocol LineParser: AnyObject, Sendable {
    /// Looks at a raw line without building anything.
    func examine(_ line: UnsafeBufferPointer<UInt8>) -> ParsedLine

    /// The slow way, for what cannot be spliced: `event` is the event as it would be without the line's own fields (a
    /// whole JSON object); returns the event with the line merged in.
    func merge(_ line: UnsafeBufferPointer<UInt8>, into event: [UInt8]) -> [UInt8]
}

/// How a parsed line goes into its event.
@safe
package enum ParsedLine {
    /// The members of the line's object, without its braces, can be copied into the event as they are.
    case splice(UnsafeBufferPointer<UInt8>)
    /// The same around a member that is left out: the event's own `@timestamp` stands, or with `time` (ms since 1970) that
    /// takes its place.
    case spliceAround(UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>, time: Int64?)
    /// The line collides with fields of the event, or asks for more than copying: `merge` makes the event.
    case merge
    /// The line cannot be decoded. It is sent as `message`; with `error` not empty, `error.message` says why.
    case failed(error: String)
}

/// Makes something else than compact JSON of an event: `codec.format`, pretty JSON.
package protocol EventRenderer: Sendable {
    /// - Parameter event: the event as one JSON object.
    /// - Parameter line: the raw line that it was made of.
    func render(event: [UInt8], line: UnsafeBufferPointer<UInt8>) -> [UInt8]
}
