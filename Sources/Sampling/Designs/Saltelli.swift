import LynxModel

/// Saltelli's design for Sobol' indices (Saltelli, Computer Physics Communications 145, 2002; Saltelli et al., Computer
/// Physics Communications 181, 2010), in the order of SALib's `sample.sobol`.
///
/// The points of a Sobol sequence in twice as many dimensions are cut into halves A and B. Each pair gives d + 2 runs: A; A
/// with its first, second, … coordinate from B; B. With second order it gives 2d + 2: before B come the d runs that are B
/// with one coordinate from A.
struct Saltelli: Design {
    static var mostDimensions: Int { Sobol.mostDimensions / 2 }

    private let sequence: any Design
    private let dimensions: Int
    private let runsPerPoint: Int

    init(_ names: [String], secondOrder: Bool, scrambledBy seed: UInt64?) {
        dimensions = names.count
        runsPerPoint = MonteCarloSpec.saltelliRuns(dimensions: names.count, secondOrder: secondOrder)
        sequence = seed.map { ScrambledSobol(names, copies: 2, seed: $0) } ?? Sobol(dimensions: 2 * dimensions) as any Design
    }

    func probability(of axis: Int, run: Int) -> Double {
        let (point, block) = run.quotientAndRemainder(dividingBy: runsPerPoint)
        let takesB =
            switch block {
            case 0: false
            case 1..<dimensions + 1: axis == block - 1
            case runsPerPoint - 1: true
            default: axis != block - dimensions - 1
            }
        return sequence.probability(of: takesB ? dimensions + axis : axis, run: point)
    }
}
