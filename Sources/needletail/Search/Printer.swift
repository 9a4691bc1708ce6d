import Glibc

/// Standard output, written in large pieces. The reader of a pipe that has gone away ends the program as it does others.
struct Printer {
    private var buffer: [UInt8] = []

    mutating func print(_ line: String) {
        buffer += line.utf8
        endLine()
    }

    mutating func print(_ line: [UInt8]) {
        buffer += line
        endLine()
    }

    private mutating func endLine() {
        if buffer.last != 0x0a { buffer.append(0x0a) }
        if buffer.count > 1 << 16 { flush() }
    }

    mutating func flush() {
        var rest = buffer[...]
        while !rest.isEmpty {
            let written = unsafe rest.withUnsafeBytes { unsafe write(1, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            // A pipe that nobody reads: 141 is what a shell shows of one that was ended by SIGPIPE.
            guard written > 0 else { exit(errno == EPIPE ? 141 : 74) }
            rest = rest.dropFirst(written)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
