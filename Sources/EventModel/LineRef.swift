/// One line inside a batch's slab.
///
/// - Shape: 8 bytes, trivial: where it starts, how long it is, and four flags in the top bits of the length.
/// - Units: bytes from the start of the slab; a length is at most `maximumLength` (268 MB).
public struct LineRef: Sendable, Equatable {
    public let start: UInt32
    private let lengthAndFlags: UInt32

    public static let maximumLength = Int(lengthMask)
    private static let lengthMask: UInt32 = 0x0fff_ffff
    private static let truncatedBit: UInt32 = 1 << 31
    private static let carriageReturnBit: UInt32 = 1 << 30
    private static let unterminatedBit: UInt32 = 1 << 29

    public init(
        start: Int, length: Int, truncated: Bool = false, carriageReturn: Bool = false, unterminated: Bool = false
    ) {
        self.start = UInt32(truncatingIfNeeded: start)
        var value = UInt32(truncatingIfNeeded: length) & LineRef.lengthMask
        if truncated { value |= LineRef.truncatedBit }
        if carriageReturn { value |= LineRef.carriageReturnBit }
        if unterminated { value |= LineRef.unterminatedBit }
        lengthAndFlags = value
    }

    public var length: Int { Int(lengthAndFlags & LineRef.lengthMask) }
    /// The line was longer than `message_max_bytes`; this is its head.
    public var isTruncated: Bool { lengthAndFlags & LineRef.truncatedBit != 0 }
    /// A carriage return stood between the line and its line feed.
    public var hasCarriageReturn: Bool { lengthAndFlags & LineRef.carriageReturnBit != 0 }
    /// The file ended without a terminator, and the line was sent as it was.
    public var isUnterminated: Bool { lengthAndFlags & LineRef.unterminatedBit != 0 }
}
