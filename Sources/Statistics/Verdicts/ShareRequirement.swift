/// A requirement on an output: it satisfies a relation in a share of at least `share` of all runs, shown with confidence
/// `confidence`. A run in which the relation does not hold is a failure.
package struct ShareRequirement: Sendable, Hashable {
    /// p, strictly between 0 and 1.
    package let share: Double
    /// c, strictly between 0 and 1.
    package let confidence: Double

    /// q0 = 1 − p: the share of failures that must not be exceeded.
    package var failureShare: Double { 1 - share }

    /// α = 1 − c, the consumer's risk: how often a design that misses the requirement may be accepted.
    package var consumersRisk: Double { 1 - confidence }

    package struct Invalid: Error, Hashable, CustomStringConvertible {
        package enum Field: String, Sendable, Hashable {
            case share, confidence
        }

        package var field: Field
        package var value: Double

        package var description: String {
            "a requirement's \(field.rawValue) is \(value), but has to lie strictly between 0 and 1: no number of runs shows more"
        }
    }

    package init(share: Double, confidence: Double) throws(Invalid) {
        guard share > 0, share < 1 else { throw Invalid(field: .share, value: share) }
        guard confidence > 0, confidence < 1 else { throw Invalid(field: .confidence, value: confidence) }
        self.share = share
        self.confidence = confidence
    }

    /// The same share at the confidence that Bonferroni's rule asks of each of `count` requirements that are to hold together.
    /// A table of looks for one of several requirements is built for this one.
    package func amongst(_ count: Int) -> ShareRequirement {
        precondition(count > 0, "a family has at least one requirement")
        return ShareRequirement(share: share, risk: consumersRisk / Double(count))
    }

    private init(share: Double, risk: Double) {
        self.share = share
        confidence = 1 - risk
    }

    /// Whether a probability of error is at most a level, but for the rounding of 1 − c.
    static func isWithin(_ probability: Double, _ level: Double) -> Bool { probability <= level * (1 + 1e-12) }
}
