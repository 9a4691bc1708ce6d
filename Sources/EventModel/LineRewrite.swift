/// A line whose members are renamed on their way into the event: which bytes are copied, and which become what.
///
/// - Shape: trivial, some 260 bytes. Places count from the start of the line.
@safe
package struct LineRewrite {
    package struct Place {
        package var start: UInt32 = 0
        package var end: UInt32 = 0

        @inlinable
        package init(_ start: UInt32 = 0, _ end: UInt32 = 0) {
            self.start = start
            self.end = end
        }

        @inlinable
        package var isEmpty: Bool { start == end }
    }

    /// Most fields that a line gives values to; each of them is cut out of the members that are copied.
    package static let fieldCount = 13

    package let line: UnsafePointer<UInt8>
    /// The line's own time, in ms since 1970.
    package var time: Int64?
    /// Members that are copied as they stand, without a comma in front or behind.
    package var kept = InlineArray<14, Place>(repeating: Place())
    package var keptCount = 0
    /// The values of the fields, as the parser numbers them.
    package var values = InlineArray<13, Place>(repeating: Place())
    /// Fields whose value is the inside of a string, a bit each.
    package var unquoted: UInt16 = 0
    /// The level, by a number of the parser's, where it is not copied from the line.
    package var level: UInt8 = 0

    @inlinable
    package init(line: UnsafePointer<UInt8>) { unsafe self.line = line }

    /// The members between two places; commas and blanks at their ends do not belong to them.
    @inlinable
    package mutating func keep(from start: UInt32, to end: UInt32) {
        // Mostly there is a comma between two that are renamed, and no more.
        guard end > start + 1 else { return }
        var (start, end) = (start, end)
        while start < end, unsafe LineRewrite.separates(line[Int(start)]) { start += 1 }
        while start < end, unsafe LineRewrite.separates(line[Int(end) - 1]) { end -= 1 }
        guard start < end else { return }
        kept[keptCount] = Place(start, end)
        keptCount += 1
    }

    @inlinable
    package static func separates(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x2c }

    @inlinable
    package func bytes(_ place: Place) -> UnsafeBufferPointer<UInt8> {
        unsafe UnsafeBufferPointer(start: line + Int(place.start), count: Int(place.end - place.start))
    }
}
