import LumberjackCodec

@testable import Collector

/// Frames as clients send them.
enum Frames {
    static func window(_ count: Int) -> [UInt8] {
        [0x32, 0x57] + number(count)
    }

    static func event(_ sequence: Int, _ json: String) -> [UInt8] {
        [0x32, 0x4a] + number(sequence) + number(json.utf8.count) + Array(json.utf8)
    }

    static func compressed(_ inside: [UInt8]) -> [UInt8] {
        let compressor = FrameCompressor(level: 3)
        let bound = compressor.bound(inside.count)
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            count = unsafe inside.withUnsafeBytes { input in
                unsafe compressor.compress(input, into: UnsafeMutableRawBufferPointer(output)) ?? 0
            }
        }
        return [0x32, 0x43] + number(bytes.count) + bytes
    }

    /// A window with these events, numbered from 1.
    static func window(_ events: [String], compress: Bool = false) -> [UInt8] {
        let inside = events.enumerated().flatMap { event($0.offset + 1, $0.element) }
        return window(events.count) + (compress ? compressed(inside) : inside)
    }

    static func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
}

extension LumberjackReader {
    /// Reads all that is there, through as many batches as it takes.
    mutating func readAll(_ bytes: [UInt8]) throws -> [LumberjackBatch] {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
        var batches: [LumberjackBatch] = []
        while true {
            var batch = LumberjackBatch()
            let stop = try read(into: &batch)
            if !batch.isEmpty { batches.append(batch) }
            if stop == .needsInput { return batches }
        }
    }
}

extension EventBatch {
    var texts: [String] {
        zip([0] + ends, ends).map { String(decoding: bytes[$0..<$1], as: UTF8.self) }
    }
}
