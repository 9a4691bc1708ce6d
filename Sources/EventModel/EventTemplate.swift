/// The events of one source, as a short program: constant bytes, and the few things that change from line to line.
///
/// - Shape: one block of constant bytes and some ten steps; made once per file generation, shared by all its lines.
/// - Source: reference event of Filebeat 9 (ECS 8.0.0 fields).
@safe
package final class EventTemplate: Sendable {
    /// One step of the program.
    package enum Step: Sendable, Equatable {
        case constant(String)
        /// `@timestamp`'s value without quotes.
        case time
        /// The file offset in decimal digits.
        case offset
        /// The line as the inside of a JSON string.
        case message
        /// The line as it is.
        case rawMessage
        /// `,"flags":[…]` when the line has any.
        case flags
        /// `,` and the members of a JSON line.
        case members
        /// The members of a JSON line: the inside of the object that they are put under.
        case bareMembers
        /// `,"error":{…}` when the line could not be parsed and the input asks for it.
        case parseError
    }

    /// A step as the encoder runs it: what, and for constants which bytes of the block.
    struct Instruction {
        enum Kind: UInt8 { case constant, time, offset, message, rawMessage, flags, members, bareMembers, parseError }
        let kind: Kind
        let start: UInt32
        let length: UInt32
    }

    let constants: [UInt8]
    let plain: [Instruction]
    let parsed: [Instruction]
    /// Neither parsed nor rendered: the fast way.
    let isSimple: Bool
    package let parser: (any LineParser)?
    package let renderer: (any EventRenderer)?

    /// - Parameters:
    ///   - plain: makes the event of a line that is not parsed, or could not be.
    ///   - parsed: makes the event of a line whose members are spliced in; without a parser never used.
    ///   - renderer: makes what is sent from the JSON event; nil sends the event itself.
    package init(
        plain: [Step], parsed: [Step] = [], parser: (any LineParser)? = nil, renderer: (any EventRenderer)? = nil
    ) {
        var block: [UInt8] = []
        self.plain = plain.map { EventTemplate.instruction($0, &block) }
        self.parsed = parsed.map { EventTemplate.instruction($0, &block) }
        constants = block
        isSimple = parser == nil && renderer == nil
        fixedRoom = block.count + 4 * 64 + 128
        self.parser = parser
        self.renderer = renderer
    }

    private static func instruction(_ step: Step, _ block: inout [UInt8]) -> Instruction {
        let kind: Instruction.Kind
        let start = block.count
        switch step {
        case .constant(let text):
            block.append(contentsOf: text.utf8)
            kind = .constant
        case .time: kind = .time
        case .offset: kind = .offset
        case .message: kind = .message
        case .rawMessage: kind = .rawMessage
        case .flags: kind = .flags
        case .members: kind = .members
        case .bareMembers: kind = .bareMembers
        case .parseError: kind = .parseError
        }
        return Instruction(kind: kind, start: UInt32(start), length: UInt32(block.count - start))
    }

    /// Most bytes that all steps but the line's own need.
    let fixedRoom: Int
}
