/// Finds what a misspelt key was meant to be.
enum Suggestion {
    /// The known key that is nearest by edits, if it is near; a key whose last name is the same counts as near.
    static func nearest(to key: String, among known: [String]) -> String? {
        let limit = max(1, min(3, key.utf8.count / 3))
        let best = known.map { (distance: distance(key, to: $0), key: $0) }.min {
            ($0.distance, $0.key) < ($1.distance, $1.key)
        }
        if let best, best.distance <= limit { return best.key }
        let last = name(key)
        let sameName = known.filter { name($0) == last }.min { ($0.utf8.count, $0) < ($1.utf8.count, $1) }
        if let sameName { return sameName }
        let nearName = known.map { (distance: distance(last, to: name($0)), key: $0) }.min {
            ($0.distance, $0.key) < ($1.distance, $1.key)
        }
        return nearName.flatMap { $0.distance <= max(1, min(2, last.utf8.count / 3)) ? $0.key : nil }
    }

    private static func name(_ key: String) -> String {
        key.lastIndex(of: ".").map { String(key[key.index(after: $0)...]) } ?? key
    }

    /// Insertions, deletions, replacements and swaps of neighbours between two keys, as bytes without case.
    static func distance(_ left: String, to right: String) -> Int {
        let left = Array(left.lowercased().utf8)
        let right = Array(right.lowercased().utf8)
        var previous: [Int] = []
        var current = Array(0...right.count)
        for row in 0..<left.count {
            let before = previous
            previous = current
            current[0] = row + 1
            for column in 0..<right.count {
                let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
                current[column + 1] = min(previous[column + 1] + 1, current[column] + 1, replaced)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    current[column + 1] = min(current[column + 1], before[column - 1] + 1)
                }
            }
        }
        return current[right.count]
    }
}
