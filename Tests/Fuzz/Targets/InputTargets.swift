import FileInput
import LumberjackCodec
import Parsing

extension FuzzTarget {
    /// Lines are found alike in one piece and while the file grows, and their text is UTF-8.
    static let lineFormat = FuzzTarget(name: "line-format") { bytes in
        var input = FuzzInput(bytes)
        let encoding = input.choice([
            "plain", "utf-16-bom", "utf-16le", "utf-16be-bom", "latin1", "windows-1252", "shift_jis", "gb18030",
            "iso-2022-jp", "utf-7", "ebcdic-037", "big5", "euc-kr",
        ])
        let terminator = input.choice([
            "auto", "line_feed", "vertical_tab", "form_feed", "carriage_return", "carriage_return_line_feed",
            "next_line", "line_separator", "paragraph_separator", "null_terminator",
        ])
        let step = Int(input.byte() % 7) + 1
        // Not every terminator exists in every encoding.
        guard let format = try? LineFormat(encoding: encoding, terminator: terminator) else { return }
        try unsafe input.rest.withUnsafeBufferPointer { text in
            let (format, skip) = try unsafe format.start(of: text)
            let whole = unsafe LineCuts.whole(text, format, skip)
            let growing = unsafe LineCuts.growing(text, format, skip, step: step)
            guard whole == growing else { throw FuzzFinding("cut at \(whole), while it grew at \(growing)") }
            for cut in whole {
                guard cut.start <= cut.end, cut.end + cut.length <= text.count else {
                    throw FuzzFinding("a line outside the file: \(cut)")
                }
                var out: [UInt8] = []
                let bad = unsafe format.recode(.init(rebasing: text[cut.start..<cut.end]), into: &out)
                guard format.isUTF8 || String(validating: out, as: UTF8.self) != nil else {
                    throw FuzzFinding("recoded from \(encoding), it is no UTF-8", out)
                }
                guard bad <= cut.end - cut.start else { throw FuzzFinding("\(bad) bad bytes in \(cut)") }
            }
        }
    }

    /// A stream gives the same frames in one piece and in many, up to the same error.
    static let lumberjack = FuzzTarget(name: "lumberjack") { bytes in
        var input = FuzzInput(bytes)
        let step = Int(input.byte()) + 1
        let whole = FrameBook.read([input.rest])
        let pieces = stride(from: 0, to: input.rest.count, by: step).map {
            Array(input.rest[$0..<min($0 + step, input.rest.count)])
        }
        let inPieces = FrameBook.read(pieces)
        guard whole == inPieces else { throw FuzzFinding("in one piece \(whole), in pieces \(inPieces)") }
        var windows = WindowTracker()
        for count in whole.windows { windows.sent(window: count) }
        var arrived = 0
        for sequence in whole.acknowledgements {
            guard let news = try? windows.acknowledge(sequence) else { break }
            arrived += news
        }
        guard arrived >= 0, arrived <= whole.windows.reduce(0, +) else {
            throw FuzzFinding("\(arrived) events arrived of \(whole.windows)")
        }
    }

    /// A pattern of paths stands for a bounded number of them, and is matched in the end.
    static let pathGlob = FuzzTarget(name: "path-glob") { bytes in
        var input = FuzzInput(bytes)
        let pattern = "/" + String(decoding: input.part(), as: UTF8.self)
        let path = "/" + String(decoding: input.part(), as: UTF8.self)
        let globs = PathGlob.parse(pattern, recursive: true)
        guard globs.count <= PathGlob.maximumPatterns, !globs.isEmpty || pattern.contains("{") else {
            throw FuzzFinding("\(globs.count) patterns", Array(pattern.utf8))
        }
        _ = globs.contains { $0.matches(path) }
    }
}

/// Where the lines of a text lie.
private enum LineCuts {
    struct Cut: Equatable {
        let start: Int
        let end: Int
        let length: Int
    }

    static func whole(_ text: UnsafeBufferPointer<UInt8>, _ format: LineFormat, _ skip: Int) -> [Cut] {
        var cuts: [Cut] = []
        var at = skip
        while let next = unsafe format.nextTerminator(in: text, from: at) {
            cuts.append(Cut(start: at, end: next.end, length: next.length))
            at = next.end + next.length
        }
        return cuts
    }

    /// As a harvester has it that looks again whenever the file has grown by `step` bytes.
    static func growing(_ text: UnsafeBufferPointer<UInt8>, _ format: LineFormat, _ skip: Int, step: Int) -> [Cut] {
        var cuts: [Cut] = []
        var at = skip
        var size = skip
        var scanned = 0
        while size < text.count {
            size = min(size + step, text.count)
            let grown = unsafe UnsafeBufferPointer(rebasing: text[..<size])
            while let next = unsafe format.nextTerminator(in: grown, from: at, scanned: scanned) {
                cuts.append(Cut(start: at, end: next.end, length: next.length))
                at = next.end + next.length
                scanned = 0
            }
            scanned = size - at
        }
        return cuts
    }
}

/// The frames of a stream.
struct FrameBook: LumberjackSink, Equatable {
    private(set) var windows: [Int] = []
    private(set) var acknowledgements: [UInt32] = []
    private(set) var events: [[UInt8]] = []
    private(set) var error: String?

    static func read(_ pieces: [[UInt8]]) -> FrameBook {
        var limits = LumberjackLimits()
        limits.inflatedBytes = 1 << 20
        var decoder = LumberjackDecoder(limits: limits)
        var book = FrameBook()
        do throws(LumberjackError) {
            for piece in pieces { try decoder.decode(piece, &book) }
        } catch {
            book.error = "\(error)"
        }
        return book
    }

    mutating func window(count: Int) { windows.append(count) }
    mutating func acknowledgement(_ sequence: UInt32) { acknowledgements.append(sequence) }

    mutating func event(sequence: UInt32, _ bytes: Span<UInt8>) {
        unsafe events.append(bytes.withUnsafeBufferPointer { unsafe Array($0) })
    }
}
