/// Writes a JSON document, member after member. For answers of the API, not for each event of a batch.
struct JSONOutput: Sendable {
    private(set) var bytes: [UInt8] = []
    private var isFirst = true

    init() {}

    mutating func object(_ members: (inout JSONOutput) throws -> Void) rethrows {
        open(UInt8(ascii: "{"))
        try members(&self)
        close(UInt8(ascii: "}"))
    }

    mutating func array(_ elements: (inout JSONOutput) throws -> Void) rethrows {
        open(UInt8(ascii: "["))
        try elements(&self)
        close(UInt8(ascii: "]"))
    }

    /// Begins a member, or with nil an element of an array; its value must follow.
    mutating func next(_ name: String? = nil) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        guard let name else { return }
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func member(_ name: String, _ value: (inout JSONOutput) throws -> Void) rethrows {
        next(name)
        try value(&self)
    }

    mutating func member(_ name: String, _ value: String?) {
        next(name)
        if let value { string(value) } else { null() }
    }

    mutating func member(_ name: String, _ value: Int?) {
        next(name)
        if let value { bytes.append(contentsOf: String(value).utf8) } else { null() }
    }

    mutating func member(_ name: String, _ value: Bool) {
        next(name)
        bytes.append(contentsOf: (value ? "true" : "false").utf8)
    }

    /// With three decimals; null for what JSON has no number for.
    mutating func member(_ name: String, _ value: Double?) {
        next(name)
        guard let value, value.isFinite, abs(value) < 1e15 else { return null() }
        let thousandths = (value * 1000).rounded()
        let text = String(Int(abs(thousandths)) % 1000)
        bytes.append(contentsOf: (thousandths < 0 ? "-" : "").utf8)
        bytes.append(contentsOf: String(Int(abs(thousandths)) / 1000).utf8)
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: String(repeating: "0", count: 3 - text.count).utf8)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func null() { bytes.append(contentsOf: "null".utf8) }

    /// JSON that is whole by itself.
    mutating func raw(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

    /// A string with its quotes (RFC 8259, section 7).
    mutating func string(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20, 0x7f:
                bytes.append(contentsOf: "\\u00".utf8)
                bytes.append(contentsOf: (byte < 16 ? "0" : "").utf8)
                bytes.append(contentsOf: String(byte, radix: 16).utf8)
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func open(_ byte: UInt8) {
        bytes.append(byte)
        isFirst = true
    }

    private mutating func close(_ byte: UInt8) {
        bytes.append(byte)
        isFirst = false
    }
}
