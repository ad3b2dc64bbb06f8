/// All numbers from one to another, both included. A side that the data do not bound is infinite.
package struct Interval: Sendable, Hashable {
    package var lower: Double
    package var upper: Double

    package init(_ lower: Double, _ upper: Double) {
        (self.lower, self.upper) = (lower, upper)
    }

    package var width: Double { upper - lower }

    package func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}
