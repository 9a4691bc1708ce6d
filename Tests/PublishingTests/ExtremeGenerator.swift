/// Draws the longest wait or the shortest, for tests that want to know the bound.
struct ExtremeGenerator: RandomNumberGenerator {
    let longest: Bool

    /// Not 0: the library draws again until it has another number, so as to be fair.
    func next() -> UInt64 { longest ? .max : 1 }
}
