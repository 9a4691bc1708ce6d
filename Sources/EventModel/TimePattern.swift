/// A time format of `%{+…}`: `yyyy`, `yy`, `MM`, `dd`, `DDD` (day of the year), `HH`, `mm`, `ss`, `SSS`, with one letter
/// for no leading zero; text in single quotes and all other characters stand for themselves.
package struct TimePattern: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case literal(UInt8)
        case part(letter: UInt8, width: Int)
    }

    private var pieces: [Piece] = []

    package init(_ pattern: String) throws(EventModelError) {
        let text = Array(pattern.utf8)
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte == 0x27 {
                at += 1
                while at < text.count, text[at] != 0x27 {
                    pieces.append(.literal(text[at]))
                    at += 1
                }
                at += 1
                continue
            }
            let width = text[at...].prefix { $0 == byte }.count
            at += width
            if "yMdDHmsS".utf8.contains(byte) {
                pieces.append(.part(letter: byte, width: width))
            } else if (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) {
                throw EventModelError(
                    .badFormat,
                    "time format “\(pattern)”: “\(Character(Unicode.Scalar(byte)))” is not known; use y, M, d, D, H, m, s or S"
                )
            } else {
                pieces += repeatElement(.literal(byte), count: width)
            }
        }
    }

    /// - Parameter time: as in `@timestamp`: `2026-01-22T16:34:53.963Z`.
    func write(_ time: [UInt8], to out: inout [UInt8]) {
        guard time.count >= TimeText.count else { return }
        func number(_ range: Range<Int>) -> Int { time[range].reduce(0) { $0 * 10 + Int($1 &- 0x30) } }
        for piece in pieces {
            switch piece {
            case .literal(let byte): out.append(byte)
            case .part(let letter, let width):
                let value: Int
                switch letter {
                case 0x79: value = width == 2 ? number(2..<4) : number(0..<4)
                case 0x4d: value = number(5..<7)
                case 0x64: value = number(8..<10)
                case 0x44: value = TimePattern.dayOfYear(number(0..<4), number(5..<7), number(8..<10))
                case 0x48: value = number(11..<13)
                case 0x6d: value = number(14..<16)
                case 0x73: value = number(17..<19)
                default:
                    let digits = time[20..<23] + repeatElement(0x30, count: max(0, width - 3))
                    out += digits.prefix(width)
                    continue
                }
                let digits = String(value).utf8
                out += repeatElement(0x30, count: max(0, width - digits.count))
                out += digits
            }
        }
    }

    private static func dayOfYear(_ year: Int, _ month: Int, _ day: Int) -> Int {
        let before = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334]
        let isLeap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        return before[max(1, min(12, month)) - 1] + day + (isLeap && month > 2 ? 1 : 0)
    }
}
