/// Takes what a decoder finds, frame by frame.
package protocol LumberjackSink {
    mutating func window(count: Int)
    /// - Parameter bytes: the event's JSON; valid during the call.
    mutating func event(sequence: UInt32, _ bytes: Span<UInt8>)
    mutating func acknowledgement(_ sequence: UInt32)
}

/// Bounds of what a decoder accepts.
package struct LumberjackLimits: Sendable {
    package var windowEvents = 1 << 20
    package var eventBytes = 64 << 20
    package var compressedBytes = 64 << 20
    /// What one compressed frame may grow to.
    package var inflatedBytes = 512 << 20

    package init() {}
}

/// Reads frames from a stream that comes in pieces of any size.
///
/// - Shape: holds at most one frame that is not complete, bounded by the limits.
/// - Errors: `LumberjackError`; the stream cannot be read on after one.
package struct LumberjackDecoder {
    private let limits: LumberjackLimits
    private let isInner: Bool
    private var pending: [UInt8] = []
    /// Events of the current window that are still to come.
    package private(set) var expected = 0

    package init(limits: LumberjackLimits = LumberjackLimits()) {
        self.limits = limits
        isInner = false
    }

    /// For the inside of a compressed frame.
    private init(inside outer: LumberjackDecoder) {
        limits = outer.limits
        isInner = true
        expected = outer.expected
    }

    /// Whether the stream may end here: no frame and no window is cut.
    package var isBetweenWindows: Bool { pending.isEmpty && expected == 0 }

    package mutating func decode(_ bytes: [UInt8], _ sink: inout some LumberjackSink) throws(LumberjackError) {
        // Without a rest the piece is read where it lies.
        var stream = pending
        pending = []
        if stream.isEmpty { stream = bytes } else { stream.append(contentsOf: bytes) }
        var at = 0
        while let next = try frame(stream.span, at: at, &sink) { at = next }
        pending = at == 0 ? stream : Array(stream[at...])
    }

    /// Reads the frame that starts at `at`; returns where the next one starts, or nil when the frame is not complete.
    private mutating func frame(
        _ stream: Span<UInt8>, at: Int, _ sink: inout some LumberjackSink
    ) throws(LumberjackError) -> Int? {
        guard stream.count > at else { return nil }
        guard stream[at] == LumberjackFrame.version else {
            throw LumberjackError(.version, "expected a frame of version 2, found byte \(stream[at])")
        }
        guard stream.count > at + 1 else { return nil }
        switch stream[at + 1] {
        case LumberjackFrame.windowCode where !isInner: return try window(stream, at, &sink)
        case LumberjackFrame.eventCode: return try event(stream, at, &sink)
        case LumberjackFrame.compressedCode where !isInner: return try compressed(stream, at, &sink)
        case LumberjackFrame.acknowledgementCode where !isInner:
            guard let sequence = number(stream, at + 2) else { return nil }
            sink.acknowledgement(sequence)
            return at + LumberjackFrame.acknowledgementBytes
        case let code: throw LumberjackError(.frameType, "a frame of type \(code) does not belong here")
        }
    }

    private mutating func window(
        _ stream: Span<UInt8>, _ at: Int, _ sink: inout some LumberjackSink
    ) throws(LumberjackError) -> Int? {
        guard expected == 0 else {
            throw LumberjackError(.unexpectedWindow, "a window began when \(expected) events of the last were missing")
        }
        guard let count = number(stream, at + 2) else { return nil }
        guard count <= limits.windowEvents else {
            throw LumberjackError(.windowTooLarge, "a window of \(count) events; \(limits.windowEvents) are allowed")
        }
        expected = Int(count)
        sink.window(count: expected)
        return at + LumberjackFrame.windowBytes
    }

    private mutating func event(
        _ stream: Span<UInt8>, _ at: Int, _ sink: inout some LumberjackSink
    ) throws(LumberjackError) -> Int? {
        guard expected > 0 else {
            throw LumberjackError(.unexpectedEvent, "an event came that no window had announced")
        }
        guard let sequence = number(stream, at + 2), let length = number(stream, at + 6) else { return nil }
        guard length <= limits.eventBytes else {
            throw LumberjackError(.eventTooLarge, "an event of \(length) bytes; \(limits.eventBytes) are allowed")
        }
        let start = at + LumberjackFrame.eventHeaderBytes
        let end = start + Int(length)
        guard stream.count >= end else { return nil }
        expected -= 1
        sink.event(sequence: sequence, stream.extracting(start..<end))
        return end
    }

    private mutating func compressed(
        _ stream: Span<UInt8>, _ at: Int, _ sink: inout some LumberjackSink
    ) throws(LumberjackError) -> Int? {
        guard let length = number(stream, at + 2) else { return nil }
        guard length <= limits.compressedBytes else {
            let allowed = limits.compressedBytes
            throw LumberjackError(.compressed, "a compressed frame of \(length) bytes; \(allowed) are allowed")
        }
        let start = at + LumberjackFrame.compressedHeaderBytes
        let end = start + Int(length)
        guard stream.count >= end else { return nil }
        var inner = LumberjackDecoder(inside: self)
        let inflater = FrameInflater(limit: limits.inflatedBytes)
        try inflater.inflate(stream.extracting(start..<end)) { (piece) throws(LumberjackError) in
            try inner.decode(piece, &sink)
        }
        guard inner.pending.isEmpty else {
            throw LumberjackError(.compressed, "a compressed frame ends in the middle of an event")
        }
        expected = inner.expected
        return end
    }

    private func number(_ stream: Span<UInt8>, _ at: Int) -> UInt32? {
        guard stream.count >= at + 4 else { return nil }
        return (0..<4).reduce(0) { $0 << 8 | UInt32(stream[at + $1]) }
    }
}
