import CZlib

/// Decompresses gzip by zlib, which is not the library that the outputs compress with.
package enum Gunzip {
    /// - Returns: nil when the bytes are no whole gzip member.
    package static func inflate(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = unsafe z_stream()
        let version = unsafe zlibVersion()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(&stream, 15 + 16, version, size) == Z_OK else { return nil }
        defer { unsafe inflateEnd(&stream) }
        var input = bytes
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        return unsafe input.withUnsafeMutableBufferPointer { source -> [UInt8]? in
            unsafe stream.next_in = source.baseAddress
            unsafe stream.avail_in = UInt32(source.count)
            while true {
                let (status, count) = unsafe chunk.withUnsafeMutableBufferPointer { target -> (Int32, Int) in
                    unsafe stream.next_out = target.baseAddress
                    unsafe stream.avail_out = UInt32(target.count)
                    let status = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
                    return unsafe (status, target.count - Int(stream.avail_out))
                }
                output += chunk[..<count]
                if status == Z_STREAM_END { return output }
                let starved = unsafe stream.avail_in == 0 && count == 0
                if status != Z_OK || starved { return nil }
            }
        }
    }
}
