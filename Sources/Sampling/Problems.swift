public import LynxDocument
public import LynxModel

extension Distribution {
    /// Whether every sample is a number that double precision holds: parameters far out, such as a standard deviation
    /// of 10³⁰⁸, make quantiles that overflow, and no file or message could carry those.
    public var hasRepresentableSamples: Bool {
        let quantile = Quantile(self)
        // Quantiles only rise: the ends decide, and what lies between them shows where an algorithm gives up.
        let probabilities = [0x1p-64, 0x1p-53] + (1..<64).map { Double($0) / 64 } + [1 - 0x1p-53]
        return probabilities.allSatisfy { probability in
            if case .number(let value) = quantile(probability) { value.isFinite } else { true }
        }
    }

    /// The bounds of truncations that leave next to nothing, in the order of the components of a mixture; nil in place of a
    /// good one.
    fileprivate func problems(at path: [FieldProblem.Step]) -> [FieldProblem] {
        switch self {
        case .mixture(let components):
            components.enumerated().flatMap { $1.distribution.problems(at: path + ["components", .index($0), "distribution"]) }
        case .truncated(let base, let min, let max):
            base.problems(at: path) + truncationProblems(base, min, max, path + ["truncate"])
        default: []
        }
    }
}

/// Less than this, in the tails, is a mistake in the bounds and not a study.
private let negligibleMass = 1e-12

private func truncationProblems(
    _ base: Distribution, _ min: Double?, _ max: Double?, _ path: [FieldProblem.Step]
) -> [FieldProblem] {
    guard let distribution = base.continuous else { return [] }
    let mass = Truncated(distribution, min: min ?? -.infinity, max: max ?? .infinity).mass
    guard !(mass >= negligibleMass) else { return [] }
    return [FieldProblem(path, "leaves almost nothing of the distribution '\(base.kind.rawValue)'; widen the range")]
}

extension BatchConfig {
    /// What is wrong with a configuration that is otherwise valid, and only sampling from it would show: a truncation that
    /// leaves nothing, samples beyond double precision, correlations that no parameters can have.
    public var samplingProblems: [FieldProblem] {
        var problems: [FieldProblem] = []
        for (name, dispersion) in dispersions.sorted(by: { $0.key < $1.key }) {
            let path: [FieldProblem.Step] = ["config", "dispersions", .key(name), "distribution"]
            let own = dispersion.distribution.problems(at: path)
            problems += own
            if own.isEmpty, !dispersion.distribution.hasRepresentableSamples {
                problems.append(FieldProblem(path, "has samples beyond double precision; bring its parameters closer to 0"))
            }
        }
        // Correlations of distributions that are wrong themselves mean nothing.
        guard problems.isEmpty, let correlation else { return problems }
        return GaussianCopula(correlation, dispersions: dispersions, names: spreadParameters).problems
    }
}
