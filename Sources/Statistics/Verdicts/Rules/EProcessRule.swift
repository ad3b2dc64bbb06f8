import Glibc

/// The e-process, looked at after every run. Its reciprocal is a p-value whenever one looks.
struct EProcessRule: DecisionRule {
    let process: EProcess

    func pValueMet(runs: Int, failures: Int) -> Double {
        min(1, exp(-process.logEvidenceFor(runs: runs, failures: failures)))
    }

    func pValueNotMet(runs: Int, failures: Int) -> Double {
        min(1, exp(-process.logEvidenceAgainst(runs: runs, failures: failures)))
    }

    func lowerBound(runs: Int, failures: Int, level: Double) -> Double {
        process.lowerBound(runs: runs, failures: failures, level: level)
    }

    func upperBound(runs: Int, failures: Int, level: Double) -> Double {
        process.upperBound(runs: runs, failures: failures, level: level)
    }

    func runsStillNeeded(runs: Int, failures: Int, level: Double) -> Int? {
        process.smallestRuns(failures: failures, level: level, from: runs) - runs
    }

    func firstMet(_ sequence: FailureSequence, level: Double) -> Int? {
        // Between failures the evidence rises, so that each stretch is judged at its end.
        let stretch = sequence.levels.first { failures, last in
            mayReach(level, runs: last, failures: failures, above: false)
                && ShareRequirement.isWithin(pValueMet(runs: last, failures: failures), level)
        }
        return stretch.map { process.smallestRuns(failures: $0.failures, level: level, from: $0.failures) }
    }

    func firstNotMet(_ sequence: FailureSequence, level: Double) -> Int? {
        // It rises with a failure alone.
        sequence.positions.enumerated().first { index, position in
            mayReach(level, runs: position, failures: index + 1, above: true)
                && ShareRequirement.isWithin(pValueNotMet(runs: position, failures: index + 1), level)
        }?.element
    }

    /// Whether the evidence could be enough. No mixture exceeds the likelihood ratio of the most likely share, which costs two
    /// logarithms where the mixture takes an incomplete beta function.
    private func mayReach(_ level: Double, runs: Int, failures: Int, above: Bool) -> Bool {
        let (n, k) = (Double(runs), Double(failures))
        let null = process.requirement.failureShare
        guard above == (k > n * null) else { return false }
        let failed = k > 0 ? k * log(k / (n * null)) : 0
        let passed = n > k ? (n - k) * log((n - k) / (n * (1 - null))) : 0
        // A margin for rounding.
        return failed + passed > -log(level) - 1e-6
    }
}
