import EventFields
import EventModel

/// Whether a value, as it stands in the line, is one for the field that its name points to.
@unsafe
struct ECSValue {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) { unsafe self.bytes = bytes }

    var first: UInt8 { unsafe bytes.count > 0 ? bytes[0] : 0 }
    var isText: Bool { unsafe first == 0x22 }

    /// A string without its quotes, anything else as it stands.
    var inside: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            let range = unsafe isText ? 1..<(bytes.count - 1) : 0..<bytes.count
            let span = unsafe UnsafeBufferPointer(rebasing: bytes[range]).span
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// Milliseconds since 1970; nil for what is no time of the years 1678 to 2261.
    var time: Int64? {
        guard let time = unsafe EventTime.nanoseconds(of: inside) else { return nil }
        return time >= 0 ? time / 1_000_000 : -((999_999 - time) / 1_000_000)
    }

    /// What becomes of a level: a text in lower case, or the name of a number's severity.
    enum Level {
        case none, text
        case severity(Severity)
    }

    func level(_ form: FieldAliases.Form) -> Level {
        guard let number = unsafe Severity.number(in: inside) else {
            return unsafe isText && bytes.count > 2 ? .text : .none
        }
        let severity =
            switch form {
            case .openTelemetryNumber: Severity(openTelemetry: number)
            case .syslogNumber: Severity(syslog: number)
            default: Severity(number: number)
            }
        return severity == .unknown ? .none : .severity(severity)
    }

    /// Where `main.go:17` has its colon, counted from the quote; nil when it is none.
    var colon: Int? {
        guard unsafe isText && bytes.count > 4 else { return nil }
        var at = unsafe bytes.count - 2
        while at > 1, unsafe bytes[at] &- 0x30 < 10 { at -= 1 }
        let digits = unsafe bytes.count - 2 - at
        // A JSON number does not begin with 0, and no source has a thousand million lines.
        guard at > 1, digits > 0, digits < 10, unsafe bytes[at] == 0x3a && bytes[at + 1] != 0x30 else { return nil }
        return at
    }

    /// `"00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"`: trace and span stand at 4..<36 and 37..<53.
    /// A trace of zeros is none.
    /// https://www.w3.org/TR/trace-context/#traceparent-header
    var isTraceparent: Bool {
        guard unsafe isText && bytes.count >= 57 && bytes[3] == 0x2d && bytes[36] == 0x2d && bytes[53] == 0x2d
        else { return false }
        var all: UInt8 = 0
        for at in 4..<53 where at != 36 {
            let byte = unsafe bytes[at]
            guard byte &- 0x30 < 10 || byte &- 0x61 < 6 else { return false }
            if at < 36 { all |= byte & 0x4f }
        }
        return all != 0
    }

    /// Whether it is one for this field. Times and levels are looked at by those who want their values.
    func suits(_ slot: ECSNames.Slot, _ entry: ECSNames.Entry) -> Bool {
        switch ECSField(rawValue: slot) {
        case .message: return unsafe isText
        case .origin: return unsafe entry.isOrigin ? first == 0x7b : colon != nil
        case .trace, .span, .request: return unsafe (isText && bytes.count > 2) || first &- 0x30 < 10
        case .process: return unsafe bytes.count <= 10 && bytes.allSatisfy { $0 &- 0x30 < 10 }
        case .logger, .errorMessage, .stackTrace, .service, .host: return unsafe isText && bytes.count > 2
        case .time, .level: return false
        case nil:
            if slot == ECSNames.traceparent { return unsafe isTraceparent }
            return unsafe slot == ECSNames.serviceName && isText && bytes.count > 2
        }
    }
}
