import LynxModel
import Testing

@testable import Sampling

@Suite("Halton's sequence", .timeLimit(.minutes(5)))
struct HaltonTests {
    private func names(_ count: Int) -> [String] { (0..<count).map { "x\(1000 + $0)" } }

    @Test("Plain points are scipy's, to the last bit", arguments: [(1, 5000), (2, 257), (7, 4096), (52, 1000), (1024, 300)])
    func points(dimensions: Int, runs: Int) async throws {
        let design = Halton(names(dimensions), scrambledBy: nil)
        let wanted = try await Scipy.halton(dimensions: dimensions, runs: runs)
        try #require(wanted.count == runs)
        for (run, point) in wanted.enumerated().dropFirst() {
            #expect((0..<dimensions).map { design.probability(of: $0, run: run) } == point, "run \(run)")
        }
        #expect(wanted[0].allSatisfy { $0 == 0 })
        #expect(design.probability(of: 0, run: 0) == 0x1p-33)
    }

    @Test(
        "Of pⁿ runs a coordinate in base p has one in each of pⁿ strata, scrambled or not", arguments: [nil, 1, 2] as [UInt64?])
    func stratified(seed: UInt64?) {
        let design = Halton(names(4), scrambledBy: seed)
        for (axis, count) in [(0, 1024), (1, 729), (2, 625), (3, 343)] {
            for first in [0, count, 5 * count] {
                // The strata of plain points begin at the points.
                let strata = (first..<first + count).map {
                    Int(design.probability(of: axis, run: $0) * Double(count) + (seed == nil ? 1e-9 : 0))
                }
                #expect(Set(strata) == Set(0..<count), "coordinate \(axis) from run \(first)")
            }
        }
    }

    @Test("Each scrambled point is uniform over the seeds, and coordinates in large bases are not correlated")
    func unbiased() async throws {
        let runs = [0, 1, 40]
        let points = (0..<1000 as Range<UInt64>).map { seed in
            let design = Halton(names(3), scrambledBy: seed)
            return runs.flatMap { run in (0..<3).map { design.probability(of: $0, run: run) } }
        }
        let p = try await Scipy.kolmogorovSmirnov((0..<9).map { place in (.uniform(min: 0, max: 1), points.map { $0[place] }) })
        #expect(p.allSatisfy { $0 > 0.01 }, "\(p)")
        // Bases 109 and 113: the first hundred plain points lie on a line.
        func correlation(_ seed: UInt64?) -> Double {
            let design = Halton(names(30), scrambledBy: seed)
            let pairs = (0..<100).map { (design.probability(of: 28, run: $0) - 0.5, design.probability(of: 29, run: $0) - 0.5) }
            let product = pairs.reduce(0) { $0 + $1.0 * $1.1 }
            return product / (pairs.reduce(0) { $0 + $1.0 * $1.0 } * pairs.reduce(0) { $0 + $1.1 * $1.1 }).squareRoot()
        }
        #expect(correlation(nil) > 0.9)
        #expect((1...5).allSatisfy { abs(correlation($0)) < 0.4 })
    }

    @Test("Scrambling keeps the discrepancy low, where independent draws have a high one")
    func discrepancy() async throws {
        func points(_ design: any Design) -> [[Double]] {
            (0..<500).map { run in (0..<4).map { design.probability(of: $0, run: run) } }
        }
        let axes = names(4).map { Axis(name: $0, resolution: 0, levels: 1) }
        let found = try await Scipy.discrepancy([
            points(Halton(names(4), scrambledBy: nil)), points(Halton(names(4), scrambledBy: 3)),
            points(MonteCarlo(axes, seed: 3)),
        ])
        #expect(found[1] < 2 * found[0])
        #expect(10 * found[1] < found[2])
    }

    @Test("A study is scrambled unless it says otherwise")
    func scrambledByDefault() {
        let study: [String: Distribution] = ["a": .uniform(min: 0, max: 1)]
        #expect(
            sampler(study, method: .halton, runs: 8, seed: 1).parameters(at: 3)
                != sampler(study, method: .halton, runs: 8, seed: 2).parameters(at: 3))
        #expect(
            sampler(study, method: .halton, runs: 8) { $0.monteCarlo.scramble = false }.parameters(at: 3) == ["a": .number(0.75)])
    }

    /// These change only when the streams do, and then every scrambled study draws other values.
    @Test("The values of a seed are these, to the last bit")
    func golden() {
        let sampler = sampler(["a": .uniform(min: 0, max: 1), "b": .normal(mean: 0, stdDev: 1)], method: .halton, runs: 64)
        #expect(sampler.parameters(at: 0) == ["a": .number(0.18417456243790878), "b": .number(-0.0613130001171294)])
        #expect(sampler.parameters(at: 37) == ["a": .number(0.5435495624379088), "b": .number(0.968407932020062)])
    }
}
