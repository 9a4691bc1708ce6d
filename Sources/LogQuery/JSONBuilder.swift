import ByteTools

/// Builds one JSON text as bytes.
package struct JSONBuilder {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init() {}

    package mutating func object(_ body: (inout JSONBuilder) -> Void) { container(0x7b, 0x7d, body) }
    package mutating func array(_ body: (inout JSONBuilder) -> Void) { container(0x5b, 0x5d, body) }

    private mutating func container(_ open: UInt8, _ close: UInt8, _ body: (inout JSONBuilder) -> Void) {
        separate()
        bytes.append(open)
        needsComma = false
        body(&self)
        bytes.append(close)
        needsComma = true
    }

    /// The name of the value that follows.
    package mutating func name(_ name: String) {
        separate()
        bytes += JSONEscape.quoted(name)
        bytes.append(0x3a)
        needsComma = false
    }

    package mutating func string(_ text: String) { raw(JSONEscape.quoted(text)) }
    package mutating func string(_ text: [UInt8]) { raw(JSONEscape.quoted(bytes: text)) }
    package mutating func number(_ number: some BinaryInteger) { raw(Array(String(number).utf8)) }
    package mutating func boolean(_ value: Bool) { raw(Array((value ? "true" : "false").utf8)) }
    package mutating func null() { raw(Array("null".utf8)) }

    /// Rounded to thousandths.
    package mutating func number(_ number: Double) {
        raw(Array(number.isFinite ? "\((number * 1000).rounded() / 1000)".utf8 : "null".utf8))
    }

    /// What is JSON already.
    package mutating func raw(_ json: [UInt8]) {
        separate()
        bytes += json
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2c) }
    }

    // MARK: Members

    package mutating func member(_ name: String, _ text: String) {
        self.name(name)
        string(text)
    }

    package mutating func member(_ name: String, _ text: [UInt8]) {
        self.name(name)
        string(text)
    }

    package mutating func member(_ name: String, _ number: some BinaryInteger) {
        self.name(name)
        self.number(number)
    }

    package mutating func member(_ name: String, _ number: Double) {
        self.name(name)
        self.number(number)
    }

    package mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        boolean(value)
    }
}
