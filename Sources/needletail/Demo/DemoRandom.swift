/// SplitMix64: small, seeded, so that a story can be told again.
struct DemoRandom: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }

    /// 0 up to 1.
    mutating func fraction() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    mutating func chance(_ probability: Double) -> Bool { fraction() < probability }

    /// Latencies as services have them: about `typical`, now and then several times that.
    mutating func latency(_ typical: Double) -> Double {
        var sum = 0.0
        for _ in 0..<6 { sum += fraction() }
        // Between a third and three times, most near one; one in forty in a long tail.
        var value = typical * (0.35 + (sum / 6) * 1.3)
        if chance(0.025) { value *= 2 + fraction() * 6 }
        return value
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[Int(next() % UInt64(elements.count))] }

    /// So many random hex digits, never all zero.
    mutating func hex(_ digits: Int) -> String {
        var text = ""
        while text.utf8.count < digits {
            let part = String(next() | 1, radix: 16)
            text += String(repeating: "0", count: 16 - part.utf8.count) + part
        }
        return String(text.suffix(digits))
    }
}
