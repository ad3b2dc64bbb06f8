/// How far apart the values of failed and of passed runs lie.
package struct Separation: Sendable, Equatable {
    /// The Kolmogorov–Smirnov distance: the largest difference between the two distribution functions, in [0, 1].
    package var distance: Double
    /// The value of a run at which, or just below which, the functions differ most: the cut that tells the classes apart best.
    package var cut: Double
    /// Whether a larger share of failed than of passed runs lies above the cut.
    package var failuresLieAbove: Bool
    /// The area under the ROC curve: the probability that a failed run's value is above a passed one's, with half of ties. Near
    /// ½ with a large distance, failures lie in the middle or on both sides.
    package var areaUnderROC: Double

    /// - Parameters:
    ///   - failed: values of failed runs, at least one.
    ///   - passed: values of passed runs, at least one.
    init(failed: [Double], passed: [Double]) {
        // Only the smaller class is sorted; each value of the larger is then found its place.
        let swapped = passed.count < failed.count
        let few = (swapped ? passed : failed).sorted()
        let many = swapped ? failed : passed
        // By the place of a tie's first value: where the tie ends, and how many of the other class are found there.
        var end = Array(few.indices)
        var place = few.count
        for index in few.indices.reversed() {
            if index + 1 == few.count || few[index] != few[index + 1] { place = index + 1 }
            end[index] = place
        }
        var reached = [Int](repeating: 0, count: few.count + 1)
        var passedBy = reached
        var wins = 0.0
        for value in many {
            let lower = few.countBelow(value)
            let upper = lower < few.count && few[lower] == value ? end[lower] : lower
            reached[lower] += 1
            passedBy[upper] += 1
            wins += Double(few.count - upper) + Double(upper - lower) / 2
        }

        var largest = (difference: 0.0, cut: few[0])
        var upTo = 0
        var below = 0
        var start = 0
        while start < few.count {
            upTo += reached[start]
            below += passedBy[start]
            let before = Double(start) / Double(few.count) - Double(below) / Double(many.count)
            let at = Double(end[start]) / Double(few.count) - Double(upTo) / Double(many.count)
            for difference in [before, at] where abs(difference) > abs(largest.difference) {
                largest = (difference, few[start])
            }
            start = end[start]
        }

        distance = abs(largest.difference)
        cut = largest.cut
        // The smaller class' function above the other means that the class has more of the small values.
        failuresLieAbove = (largest.difference < 0) != swapped
        let area = wins / (Double(few.count) * Double(many.count))
        areaUnderROC = swapped ? 1 - area : area
    }
}

extension Separation {
    func hasSideOf(_ others: [Separation]) -> Bool { others.allSatisfy { $0.failuresLieAbove == failuresLieAbove } }
}

extension [Double] {
    /// Of sorted values, how many lie below `value`.
    fileprivate func countBelow(_ value: Double) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
