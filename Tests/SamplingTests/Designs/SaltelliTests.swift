import LynxModel
import Testing

@testable import Sampling

@Suite("Saltelli's design", .timeLimit(.minutes(5)))
struct SaltelliTests {
    private func names(_ count: Int) -> [String] { (0..<count).map { "x\(100 + $0)" } }

    @Test("Its runs are SALib's, to the last bit", arguments: [1, 2, 3, 10], [false, true])
    func runs(dimensions: Int, secondOrder: Bool) async throws {
        let design = Saltelli(names(dimensions), secondOrder: secondOrder, scrambledBy: nil)
        let wanted = try await Scipy.saltelli(dimensions: dimensions, points: 64, secondOrder: secondOrder)
        #expect(wanted.count == 64 * MonteCarloSpec.saltelliRuns(dimensions: dimensions, secondOrder: secondOrder))
        for (run, point) in wanted.enumerated() {
            let actual = (0..<dimensions).map { design.probability(of: $0, run: run) }
            // The origin has no quantile.
            #expect(actual == point.map { $0 == 0 ? 0x1p-33 : $0 }, "run \(run)")
        }
    }

    @Test("Scrambled, each point is that of a scrambled sequence, and the halves are scrambled apart", arguments: [false, true])
    func scrambled(secondOrder: Bool) {
        let (names, count) = (names(3), MonteCarloSpec.saltelliRuns(dimensions: 3, secondOrder: secondOrder))
        let design = Saltelli(names, secondOrder: secondOrder, scrambledBy: 5)
        let first = ScrambledSobol(names, seed: 5)
        for point in 0..<64 {
            let a = (0..<3).map { design.probability(of: $0, run: point * count) }
            let b = (0..<3).map { design.probability(of: $0, run: point * count + count - 1) }
            #expect(a == (0..<3).map { first.probability(of: $0, run: point) })
            #expect(Set(a + b).count == 6)
            for axis in 0..<3 {
                var mixed = a
                mixed[axis] = b[axis]
                #expect((0..<3).map { design.probability(of: $0, run: point * count + 1 + axis) } == mixed)
            }
        }
    }

    /// Ishigami's function with a = 7, b = 0.1 has the first-order indices 0.3139, 0.4424, 0 and the total ones 0.5576, 0.4424, 0.2437.
    @Test("SALib finds the known indices of Ishigami's function in its runs", arguments: [false, true])
    func indices(secondOrder: Bool) async throws {
        let runs = 2048 * MonteCarloSpec.saltelliRuns(dimensions: 3, secondOrder: secondOrder)
        let range = Distribution.uniform(min: -Portable.pi, max: Portable.pi)
        let sampler = sampler(["x1": range, "x2": range, "x3": range], method: .saltelli, runs: runs) {
            ($0.monteCarlo.scramble, $0.monteCarlo.secondOrder) = (true, secondOrder)
        }
        func sine(_ x: Double) -> Double {
            x > Portable.pi / 2
                ? Portable.sin(Portable.pi - x) : x < -Portable.pi / 2 ? -Portable.sin(Portable.pi + x) : Portable.sin(x)
        }
        let outputs = (0..<runs).map { run in
            let x = sampler.parameters(at: run).mapValues(\.double)
            let (s1, s2, x3) = (sine(x["x1"]!), sine(x["x2"]!), x["x3"]!)
            return s1 + 7 * s2 * s2 + 0.1 * x3 * x3 * x3 * x3 * s1
        }
        let found = try await Scipy.sobolIndices(dimensions: 3, outputs: outputs, secondOrder: secondOrder)
        for (index, wanted) in zip(found, [0.3139, 0.4424, 0, 0.5576, 0.4424, 0.2437]) {
            #expect(abs(index - wanted) < 0.02, "\(found)")
        }
    }

    @Test("It has half as many dimensions as Sobol's sequence, and as many as a batch may ask of it")
    func most() throws {
        #expect(Saltelli.mostDimensions == SamplingMethod.saltelli.mostDispersed)
        let design = Saltelli(names(Saltelli.mostDimensions), secondOrder: true, scrambledBy: nil)
        #expect(design.probability(of: 511, run: 1026) == 0.5)
        #expect(Halton.mostDimensions == SamplingMethod.halton.mostDispersed)
    }
}
