import Testing

/// Where numbers differ most from what they should be.
struct Disagreement: CustomStringConvertible {
    var index = 0
    var number = 0.0
    var expected = 0.0
    /// The distance of both, in parts of the expected number.
    var relative = 0.0

    var description: String { "\(number) in place of \(expected), the number \(index) of them, differs by \(relative)" }

    /// - Parameter least: numbers closer to 0 than this are compared as if they were so large.
    static func largest(_ numbers: [Double], _ expected: [Double], least: Double = 1e-300) -> Disagreement {
        var worst = Disagreement()
        for (index, (number, expected)) in zip(numbers, expected).enumerated() where number != expected {
            let distance = abs(number - expected) / max(abs(expected), least)
            // NaN is as far as can be.
            if !(distance <= worst.relative) {
                worst = Disagreement(
                    index: index, number: number, expected: expected, relative: distance.isNaN ? .infinity : distance)
            }
        }
        return worst
    }
}

/// Expects each number to agree with another one to a relative accuracy.
func expectAgreement(
    _ numbers: [Double], _ expected: [Double], within tolerance: Double, least: Double = 1e-300,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(numbers.count == expected.count, sourceLocation: sourceLocation)
    let worst = Disagreement.largest(numbers, expected, least: least)
    #expect(worst.relative <= tolerance, "\(worst)", sourceLocation: sourceLocation)
}

/// Probabilities from far tails to near 1.
let tailProbabilities = [1e-300, 1e-100, 1e-30, 1e-12, 1e-6, 1e-3, 0.05, 0.3, 0.5, 0.7, 0.95, 0.999, 1 - 1e-9]
