import RecordTools

/// Which entries of a body an answer of Loki means.
extension LokiBody {
    /// Positions of the entries that were left out, ascending; nil where the answer leaves a doubt.
    ///
    /// The distributor says all that it left out. When an ingester leaves something out as well, only its last stream is
    /// spoken of, and of nothing else: then all is known only if the body is that stream.
    func refused(by words: LokiWords) -> [Int]? {
        guard let ignored = words.ignored else { return invalid(words) }
        guard groups.groups.count == 1, ignored.of == lineTimes.count else { return nil }
        return LateEntries(times: lineTimes, named: words.late, count: ignored.count).positions()
    }

    /// Positions of the lines that are longer than so many bytes.
    func longer(than limit: Int?) -> [Int] {
        guard let limit else { return [] }
        return lineSizes.indices.filter { lineSizes[$0] > limit }
    }

    private func invalid(_ words: LokiWords) -> [Int]? {
        let positions = lineTimes.indices.filter { index in
            if let limit = words.lineLimit, lineSizes[index] > limit { return true }
            if let oldest = words.oldest, lineTimes[index] < oldest.upperBound { return true }
            if let newest = words.tooNew, lineTimes[index] >= newest { return true }
            return false
        }
        return positions.count == words.errors ? positions : nil
    }
}
