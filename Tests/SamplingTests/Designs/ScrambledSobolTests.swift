import LynxModel
import Testing

@testable import Sampling

@Suite("Sobol's sequence, scrambled", .timeLimit(.minutes(5)))
struct ScrambledSobolTests {
    private static let names = (0..<8).map { "x\($0)" }

    private func points(_ design: ScrambledSobol, _ runs: Range<Int>) -> [[Double]] {
        runs.map { run in Self.names.indices.map { design.probability(of: $0, run: run) } }
    }

    @Test("Any 2ⁿ runs that begin at a multiple of 2ⁿ are as balanced as without scrambling", arguments: [1, 2, 3] as [UInt64])
    func balanced(seed: UInt64) {
        let design = ScrambledSobol(Self.names, seed: seed)
        for first in [0, 256, 1024] {
            let block = points(design, first..<first + 256)
            for axis in Self.names.indices { #expect(Set(block.map { Int($0[axis] * 256) }).count == 256) }
            for width in [1, 2, 4, 8, 16, 32, 64, 128, 256] {
                #expect(
                    Set(block.map { [Int($0[0] * Double(width)), Int($0[1] * Double(256 / width))] }).count == 256,
                    "\(width) by \(256 / width)")
            }
        }
    }

    @Test("Each point is uniform over the seeds, and two coordinates of it are independent")
    func unbiased() async throws {
        let seeds = 0..<4000 as Range<UInt64>
        for run in [0, 1, 5] {
            let values = seeds.map { seed in
                let design = ScrambledSobol(["a", "b"], seed: seed)
                return [design.probability(of: 0, run: run), design.probability(of: 1, run: run)]
            }
            for axis in 0..<2 {
                let p = try await Scipy.kolmogorovSmirnov([(.uniform(min: 0, max: 1), values.map { $0[axis] })])
                #expect(p[0] > 0.01, "run \(run), coordinate \(axis)")
            }
            let correlation = values.reduce(0) { $0 + ($1[0] - 0.5) * ($1[1] - 0.5) } * 12 / Double(seeds.count)
            #expect(abs(correlation) < 4 / Double(seeds.count).squareRoot())
        }
    }

    @Test("A mean over a scrambled sequence has a far smaller error than one over independent draws, and no bias")
    func integrates() {
        // Σ xᵢ² over eight parameters has the mean 8/3.
        func mean(_ seed: UInt64) -> Double {
            points(ScrambledSobol(Self.names, seed: seed), 0..<1024).reduce(0) { $0 + $1.reduce(0) { $0 + $1 * $1 } } / 1024
        }
        let errors = (0..<50 as Range<UInt64>).map { mean($0) - 8.0 / 3 }
        let rms = (errors.reduce(0) { $0 + $1 * $1 } / 50).squareRoot()
        // Independent draws: √(8·(1/5 − 1/9)/1024) = 0.026.
        #expect(rms < 1e-4)
        #expect(abs(errors.reduce(0, +) / 50) < 4 * rms / 50.0.squareRoot())
    }

    @Test("A parameter's matrix and shift follow from its name and the seed, its dimension from its place")
    func keys() {
        let both = ScrambledSobol(["a", "b"], seed: 9)
        let first = ScrambledSobol(["a"], seed: 9)
        let longer = ScrambledSobol(["a", "b", "c"], seed: 9)
        for run in 0..<100 {
            #expect(both.probability(of: 0, run: run) == first.probability(of: 0, run: run))
            #expect(both.probability(of: 1, run: run) == longer.probability(of: 1, run: run))
        }
        #expect(ScrambledSobol(["c", "b"], seed: 9).probability(of: 0, run: 1) != both.probability(of: 0, run: 1))
        #expect(ScrambledSobol(["a", "b"], seed: 10).probability(of: 0, run: 1) != both.probability(of: 0, run: 1))
    }

    /// These change only when the streams do, and then every scrambled study draws other values.
    @Test("The values of a seed are these, to the last bit")
    func golden() {
        let sampler = sampler(["a": .uniform(min: 0, max: 1), "b": .normal(mean: 0, stdDev: 1)], method: .sobol, runs: 64) {
            $0.monteCarlo.scramble = true
        }
        #expect(sampler.parameters(at: 0) == ["a": .number(0.5785277914588537), "b": .number(0.40391104571748687)])
        #expect(sampler.parameters(at: 37) == ["a": .number(0.05843960253795466), "b": .number(-0.32474612187128604)])
    }
}
