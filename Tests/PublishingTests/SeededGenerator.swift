/// SplitMix64: the same numbers for the same seed, everywhere.
/// - Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators" (2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

/// Draws the longest wait or the shortest, for tests that want to know the bound.
struct ExtremeGenerator: RandomNumberGenerator {
    let longest: Bool

    /// Not 0: the library draws again until it has another number, so as to be fair.
    func next() -> UInt64 { longest ? .max : 1 }
}
