/// "Did you mean …?"
package enum Suggestion {
    /// The candidate that a slip of the fingers most likely made into `word`; nil when none is near.
    package static func closest(to word: String, among candidates: [String]) -> String? {
        let folded = fold(word)
        let ranked = candidates.compactMap { candidate -> (distance: Int, name: String)? in
            let target = fold(candidate)
            let allowance = Swift.max(1, Swift.min(folded.count, target.count) / 3)
            guard abs(folded.count - target.count) <= allowance else { return nil }
            let distance = distance(folded, target)
            return distance <= allowance ? (distance, candidate) : nil
        }
        return ranked.min { $0.distance < $1.distance }?.name
    }

    /// `samplingMethod` and `sampling-method` are `sampling_method` to a reader.
    private static func fold(_ word: String) -> [UInt8] {
        word.utf8.prefix(200).filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: "-") }
            .map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...right.count)
        for i in left.indices {
            var current = [i + 1]
            for j in right.indices {
                var best = Swift.min(previous[j + 1] + 1, current[j] + 1, previous[j] + (left[i] == right[j] ? 0 : 1))
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] { best = Swift.min(best, beforePrevious[j - 1] + 1) }
                current.append(best)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
