import FileInput
import FileRegistry
import Testing

/// Random histories of files and of the agent against a model that knows every line that was ever written.
@Suite struct ModelTests {
    /// Some to begin with, and those of histories that once failed.
    static let seeds: [UInt64] = Array(1...20) + [48, 186]

    @Test(arguments: seeds)
    func `every whole line is delivered, twice only after a crash, and then with the same id`(seed: UInt64) throws {
        let model = try FileModel(seed: seed)
        for _ in 0..<120 { try model.step() }
        try model.finish()
    }
}
