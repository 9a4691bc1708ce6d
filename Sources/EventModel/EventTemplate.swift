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
        /// What a JSON line adds to the event's `log` object.
        case logMembers
        /// `,"error":{…}` when the line could not be parsed and the input asks for it.
        case parseError
    }

    /// What the encoder does in one go: it copies these bytes of the block, if any, and then writes what changes.
    struct Instruction {
        enum Kind: UInt8 {
            case time, offset, message, rawMessage, flags, members, bareMembers, logMembers, parseError, nothing
        }
        let start: UInt32
        let length: UInt32
        let kind: Kind
    }

    /// All constant bytes, with `padding` readable bytes behind them.
    let constants: [UInt8]
    static let padding = 64
    let plain: [Instruction]
    let parsed: [Instruction]
    /// Neither parsed nor rendered: the fast way.
    let isSimple: Bool
    /// Whether there is a renderer: to look at that one itself copies it.
    let isRendered: Bool
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
        self.plain = EventTemplate.program(plain, &block)
        self.parsed = EventTemplate.program(parsed, &block)
        fixedRoom = block.count + 4 * 64 + 128
        constants = block + [UInt8](repeating: 0, count: EventTemplate.padding)
        isSimple = parser == nil && renderer == nil
        isRendered = renderer != nil
        self.parser = parser
        self.renderer = renderer
    }

    private static func program(_ steps: [Step], _ block: inout [UInt8]) -> [Instruction] {
        var program: [Instruction] = []
        var start = block.count
        for step in steps {
            if case .constant(let text) = step {
                block.append(contentsOf: text.utf8)
            } else {
                let length = block.count - start
                program.append(Instruction(start: UInt32(start), length: UInt32(length), kind: kind(of: step)))
                start = block.count
            }
        }
        if block.count > start {
            program.append(Instruction(start: UInt32(start), length: UInt32(block.count - start), kind: .nothing))
        }
        return program
    }

    private static func kind(of step: Step) -> Instruction.Kind {
        switch step {
        case .constant: .nothing
        case .time: .time
        case .offset: .offset
        case .message: .message
        case .rawMessage: .rawMessage
        case .flags: .flags
        case .members: .members
        case .bareMembers: .bareMembers
        case .logMembers: .logMembers
        case .parseError: .parseError
        }
    }

    /// Most bytes that all steps but the line's own need.
    let fixedRoom: Int
}
