import Glibc

/// A JSON number as one of the two kinds that most protocols have.
package enum NumberText: Equatable {
    case integer(Int64)
    case real(Double)
    /// An integer of more than 64 bits, or a number beyond all that a double holds: its digits say it exactly.
    case text

    /// - Precondition: a byte that is no part of a number stands behind the text, as in JSON.
    @unsafe
    package init(_ text: UnsafeBufferPointer<UInt8>) {
        var at = 0
        let isNegative = unsafe text.count > 0 && text[0] == 0x2d
        if isNegative { at = 1 }
        guard at < text.count, unsafe text[at] &- 0x30 < 10, let start = text.baseAddress else {
            self = .text
            return
        }
        var value: UInt64 = 0
        var isLarge = false
        while at < text.count, unsafe text[at] &- 0x30 < 10 {
            let (product, first) = value.multipliedReportingOverflow(by: 10)
            let (sum, second) = unsafe product.addingReportingOverflow(UInt64(text[at] &- 0x30))
            isLarge = isLarge || first || second
            value = sum
            at += 1
        }
        if at == text.count {
            if !isLarge, value <= UInt64(Int64.max) {
                self = .integer(isNegative ? -Int64(value) : Int64(value))
            } else if !isLarge, isNegative, value == UInt64(Int64.max) + 1 {
                self = .integer(.min)
            } else {
                self = .text
            }
            return
        }
        let real = unsafe strtod(UnsafeRawPointer(start).assumingMemoryBound(to: CChar.self), nil)
        self = real.isFinite ? .real(real) : .text
    }
}
