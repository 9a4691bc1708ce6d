import Testing

/// Whatever happens, nothing is lost, nothing is settled too early, and the ledger closes.
struct RandomPipelineTests {
    @Test(arguments: 0..<UInt64(40))
    func `a pipeline keeps its promises whatever happens`(_ seed: UInt64) {
        var pipeline = RandomPipeline(seed: seed)
        pipeline.run(steps: 150)
    }
}
