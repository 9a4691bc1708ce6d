import FileInput
import FileRegistry
import Glibc
import Testing

/// Random histories of files and of the agent against a model that knows every line that was ever written.
@Suite struct ModelTests {
    /// Some to begin with, and those of histories that once failed.
    /// `NEEDLETAIL_SEED` is added to each, to look for trouble elsewhere.
    static let seeds: [UInt64] = (Array(1...24) + [48, 186]).map { $0 + more }

    private static let more = unsafe getenv("NEEDLETAIL_SEED").flatMap { unsafe UInt64(String(cString: $0)) } ?? 0

    @Test(arguments: seeds)
    func `every whole line is delivered, twice only after a crash, and then with the same id`(seed: UInt64) throws {
        let model = try FileModel(seed: seed)
        for _ in 0..<120 { try model.step() }
        try model.finish()
    }
}
