import LynxModel

/// How the runs of a batch are spread over the unit cube that its dispersed parameters span.
///
/// A point depends on what the design was made from and on the run's index alone, so that any process computes any run,
/// and more runs never change the points of fewer. Parameters are known by their place in the list that the design was
/// made from: in some designs, such as Sobol's, the coordinates of a point belong together.
protocol Design: Sendable {
    /// How many parameters it can spread.
    static var mostDimensions: Int { get }

    /// Whether the points are independent draws, so that a binomial verdict on the runs is exact.
    var pointsAreIndependent: Bool { get }

    /// The number of runs in each block, where blocks are replicates: each a whole design, and independent of the others.
    var blockSize: Int? { get }

    /// The probability, strictly between 0 and 1, whose quantile parameter `axis` takes in run `run`.
    func probability(of axis: Int, run: Int) -> Double

    /// Puts the probabilities of runs `first`, `first` + 1, … into the whole of `values`: the same as one by one, but in
    /// loops that do one thing each, so that the processor works on several runs at the same time.
    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int)
}

extension Design {
    static var mostDimensions: Int { .max }
    var pointsAreIndependent: Bool { false }
    var blockSize: Int? { nil }

    func fill(_ values: UnsafeMutableBufferPointer<Double>, of axis: Int, from first: Int) {
        for index in values.indices { values[index] = probability(of: axis, run: first + index) }
    }
}

/// What a design knows of a parameter that it spreads.
struct Axis {
    let name: String
    /// How far two neighbouring values are apart at most, as a share of the parameter's range; 0 where that is unknown.
    let resolution: Double
    /// How many points a grid has along it.
    let levels: Int
}

extension MonteCarloSpec {
    /// - Parameters:
    ///   - axes: in the order of their names.
    ///   - originalRuns: how many runs the batch began with.
    func design(_ axes: [Axis], originalRuns: Int, seed: UInt64) -> any Design {
        switch samplingMethod {
        case .latinHypercube: LatinHypercube(axes, blockSize: blockSize ?? originalRuns, seed: seed)
        case .monteCarlo: MonteCarlo(axes, seed: seed)
        case .sobol: scrambles ? ScrambledSobol(axes.map(\.name), seed: seed) : Sobol(dimensions: axes.count)
        case .halton: Halton(axes.map(\.name), scrambledBy: scrambles ? seed : nil)
        case .grid: Grid(levels: axes.map(\.levels))
        case .table, .subsetSimulation: Table(MonteCarlo(axes, seed: seed))
        case .saltelli: Saltelli(axes.map(\.name), secondOrder: secondOrder ?? false, scrambledBy: scrambles ? seed : nil)
        }
    }
}
