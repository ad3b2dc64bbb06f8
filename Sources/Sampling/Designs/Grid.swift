/// Every combination of each parameter's levels once, then again from the beginning.
///
/// Level k of n has the probability (k + ½)/n, the centre of a stratum. The last parameter changes from run to run, the
/// first the least often.
struct Grid: Design {
    private let levels: [Int]
    /// How many runs pass before a parameter's level changes.
    private let strides: [Int]

    init(levels: [Int]) {
        self.levels = levels
        var strides: [Int] = []
        var stride = 1
        for count in levels.reversed() {
            strides.append(stride)
            // Past any run's index the stride no longer matters.
            stride = stride.multipliedReportingOverflow(by: count).overflow ? .max : stride * count
        }
        self.strides = strides.reversed()
    }

    func probability(of axis: Int, run: Int) -> Double {
        (Double(run / strides[axis] % levels[axis]) + 0.5) / Double(levels[axis])
    }
}
