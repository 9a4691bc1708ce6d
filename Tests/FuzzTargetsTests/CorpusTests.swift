import FuzzTargets
import Glibc
import TestSupport
import Testing

/// What the fuzzers have found, and what they begin with, on every run of the tests.
@Suite(.timeLimit(.minutes(5)))
struct CorpusTests {
    @Test(arguments: FuzzTarget.all)
    func `the kept corpus`(target: FuzzTarget) throws {
        let files = try Corpus.files(of: target)
        #expect(!files.isEmpty)
        for file in files { try Corpus.replay(file, target) }
    }

    /// What a fuzzer would try first, so that a property that cannot hold shows without one.
    @Test(arguments: FuzzTarget.all)
    func `small changes to the corpus`(target: FuzzTarget) throws {
        var random = SeededGenerator(seed: 1)
        for file in try Corpus.files(of: target) {
            for _ in 0..<20 { try target.check(Corpus.changed(file.bytes, &random)) }
        }
    }

    @Test(arguments: FuzzTarget.all)
    func `nothing, and each single byte`(target: FuzzTarget) throws {
        try target.check([])
        for byte in UInt8.min...UInt8.max { try target.check([byte]) }
    }
}

/// The files of `Tests/Fuzz/Corpus`.
private enum Corpus {
    struct Unreadable: Error { let path: String }

    struct File {
        let name: String
        let bytes: [UInt8]
    }

    static func files(of target: FuzzTarget, file: String = #filePath) throws -> [File] {
        let tests = file.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        let folder = "\(tests)/Fuzz/Corpus/\(target.name)"
        guard let directory = unsafe opendir(folder) else { return [] }
        defer { unsafe closedir(directory) }
        var names: [String] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if !name.hasPrefix(".") { names.append(name) }
        }
        return try names.sorted().map { File(name: $0, bytes: try bytes("\(folder)/\($0)")) }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        guard let file = unsafe fopen(path, "re") else { throw Unreadable(path: path) }
        defer { unsafe fclose(file) }
        let room = 1 << 20
        return unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = unsafe fread(buffer.baseAddress, 1, room, file)
        }
    }

    static func replay(_ file: File, _ target: FuzzTarget) throws {
        do { try target.check(file.bytes) } catch { Issue.record(error, "\(target.name)/\(file.name)") }
    }

    /// One byte changed, taken out, put in or doubled, or the end cut off.
    static func changed(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        guard !bytes.isEmpty else { return [UInt8(random.below(256))] }
        var bytes = bytes
        let at = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[at] = UInt8(random.below(256))
        case 1: bytes.remove(at: at)
        case 2: bytes.insert(UInt8(random.below(256)), at: at)
        case 3: bytes.insert(contentsOf: bytes[at...], at: at)
        default: bytes.removeSubrange(at...)
        }
        return bytes
    }
}
