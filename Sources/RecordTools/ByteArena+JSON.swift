import ByteTools

/// JSON texts.
extension ByteArena {
    /// A text with its quotes.
    package func put(quoted text: UnsafeBufferPointer<UInt8>) {
        put(0x22)
        if let start = text.baseAddress {
            write(room: JSONEscape.room(for: text.count)) { cursor in
                _ = unsafe JSONEscape.write(start, count: text.count, to: &cursor)
            }
        }
        put(0x22)
    }
}
