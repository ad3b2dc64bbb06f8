import LynxModel

/// How the runs of a batch are spread over the unit cube that its dispersed parameters span.
///
/// A point depends on what the design was made from and on the run's index alone, so that any process computes any run.
/// Parameters are known by their place in the list that the design was made from: in some designs, such as Sobol's, the
/// coordinates of a point belong together.
protocol Design: Sendable {
    /// The probability, strictly between 0 and 1, whose quantile parameter `axis` takes in run `run`.
    func probability(of axis: Int, run: Int) -> Double

    /// Puts the probabilities of runs `first`, `first` + 1, … into the whole of `values`: the same as one by one, but in
    /// loops that do one thing each, so that the processor works on several runs at the same time.
    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int)
}

/// What a design knows of a parameter that is not constant.
struct Axis {
    let name: String
    /// How far two neighbouring values are apart at most, as a share of the parameter's range; 0 where that is unknown.
    let resolution: Double
}

extension SamplingMethod {
    func design(_ axes: [Axis], runs: Int, seed: UInt64) -> any Design {
        switch self {
        case .latinHypercube: LatinHypercube(axes, runs: runs, seed: seed)
        case .monteCarlo: MonteCarlo(axes, seed: seed)
        case .sobol: Sobol(dimensions: axes.count)
        }
    }
}
