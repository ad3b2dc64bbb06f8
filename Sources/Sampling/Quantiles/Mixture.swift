import LynxModel

/// Several distributions, each with a share of all draws.
struct Mixture: RealDistribution {
    private let components: [(share: Double, distribution: any RealDistribution)]

    /// - Parameter components: at least one, each continuous, with weights above 0.
    init(_ components: [MixtureComponent]) {
        let total = components.reduce(0) { $0 + $1.weight }
        self.components = components.map { component in
            guard let distribution = component.distribution.continuous else {
                preconditionFailure("a mixture is of continuous distributions")
            }
            return (component.weight / total, distribution)
        }
    }

    func quantile(_ p: Double) -> Double {
        p < 0.5 ? solve({ $0.quantile(p) }) { tails(at: $0).below - p } : quantile(above: 1 - p)
    }

    func quantile(above q: Double) -> Double {
        q <= 0.5 ? solve({ $0.quantile(above: q) }) { q - tails(at: $0).above } : quantile(1 - q)
    }

    /// - Parameters:
    ///   - quantile: of one component; that of the mixture lies between theirs.
    ///   - excess: of probability, at a value.
    private func solve(_ quantile: (any RealDistribution) -> Double, _ excess: (Double) -> Double) -> Double {
        let ends = components.map { quantile($0.distribution) }
        return RootFinder.rising(from: ends.min()!, to: ends.max()!, excess)
    }

    func tails(at x: Double) -> Tails {
        components.reduce(into: Tails(below: 0, above: 0)) { sum, component in
            let tails = component.distribution.tails(at: x)
            sum.below += component.share * tails.below
            sum.above += component.share * tails.above
        }
    }

    /// Between components that lie apart the quantile is as good as a jump: some quantiles of each mark where it begins and ends.
    var knots: [Double] {
        Set(
            components.flatMap { component in
                component.distribution.knots
                    + Self.marks.flatMap { [component.distribution.quantile($0), component.distribution.quantile(above: $0)] }
            }
        ).filter(\.isFinite).sorted()
    }

    private static let marks = [1e-9, 1e-7, 1e-5, 1e-3, 0.03, 0.2, 0.5]
}
