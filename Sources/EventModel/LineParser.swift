package import ByteTools

/// What an input's `parsers` make of a line, decided when its event is encoded.
package protocol LineParser: AnyObject, Sendable {
    /// Looks at a raw line without building anything.
    func examine(_ line: UnsafeBufferPointer<UInt8>) -> ParsedLine

    /// The same of a parser that may answer `.rewrite`: then `rewrite` has been given a value.
    func examine(_ line: UnsafeBufferPointer<UInt8>, rewrite: UnsafeMutablePointer<LineRewrite>) -> ParsedLine

    /// The slow way, for what cannot be spliced: `event` is the event as it would be without the line's own fields (a
    /// whole JSON object); returns the event with the line merged in.
    func merge(_ line: UnsafeBufferPointer<UInt8>, into event: [UInt8]) -> [UInt8]

    /// Whether it has members for the event's own `log` object.
    var writesLogMembers: Bool { get }

    /// What a rewritten line adds to the event's `log` object, each member with a comma in front.
    func writeLogMembers(of rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor)

    /// What a rewritten line adds at the root of the event, each member with a comma in front.
    func writeMembers(of rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor)
}

extension LineParser {
    package var writesLogMembers: Bool { false }
    package func examine(
        _ line: UnsafeBufferPointer<UInt8>, rewrite: UnsafeMutablePointer<LineRewrite>
    ) -> ParsedLine {
        unsafe examine(line)
    }
    package func writeLogMembers(of rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor) {}
    package func writeMembers(of rewrite: UnsafePointer<LineRewrite>, to cursor: inout ByteCursor) {}
}

/// How a parsed line goes into its event.
@safe
package enum ParsedLine {
    /// The members of the line's object, without its braces, can be copied into the event as they are.
    case splice(UnsafeBufferPointer<UInt8>)
    /// The same around a member that is left out: the event's own `@timestamp` stands, or with `time` (ms since 1970) that
    /// takes its place.
    case spliceAround(UnsafeBufferPointer<UInt8>, UnsafeBufferPointer<UInt8>, time: Int64?)
    /// Members are copied or written under other names, as the parser says when it is asked to write them;
    /// with `time` (ms since 1970) the event has the line's.
    case rewrite(time: Int64?)
    /// The line collides with fields of the event, or asks for more than copying: `merge` makes the event.
    case merge
    /// The line is text, which is fine too: it is sent as `message`.
    case text
    /// The line cannot be decoded. It is sent as `message`; with `error` not empty, `error.message` says why.
    case failed(error: String)
}

/// Makes something else than compact JSON of an event: `codec.format`, pretty JSON.
package protocol EventRenderer: Sendable {
    /// - Parameter event: the event as one JSON object.
    /// - Parameter line: the raw line that it was made of.
    func render(event: [UInt8], line: UnsafeBufferPointer<UInt8>) -> [UInt8]
}
