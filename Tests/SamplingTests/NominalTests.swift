import LynxModel
import Testing

@testable import Sampling

@Suite("The nominal run")
struct NominalTests {
    private static let dispersions = [
        "mass": Dispersion(distribution: .normal(mean: 12, stdDev: 0.3)), "wind": Dispersion(distribution: .uniform(min: 0, max: 8), nominal: .integer(1)),
        "mode": Dispersion(distribution: .discrete(values: [.string("a"), .string("b"), .string("c")], weights: nil)),
        "count": Dispersion(distribution: .integerUniform(min: 1, max: 9)), "fixed": Dispersion(distribution: .constant(.bool(true))),
    ]

    private static func sampler(nominal: Bool?) -> Sampler {
        let config = BatchConfig(
            simulation: SimulationSpec(name: "s"), monteCarlo: MonteCarloSpec(runs: 8, seed: 3, nominal: nominal), dispersions: dispersions)
        return Sampler(config: config, runs: 8, seed: 3)
    }

    @Test("It has the medians, or what the dispersions name, and comes after the sample, which stays as it is")
    func values() {
        let (with, without) = (Self.sampler(nominal: true), Self.sampler(nominal: nil))
        for run in 0..<8 {
            #expect(with.parameters(at: run) == without.parameters(at: run) && with.runSeed(at: run) == without.runSeed(at: run))
            #expect(with.runConfiguration(jobID: "j", batchID: "b", index: run).nominal == nil)
        }
        let nominal = with.runConfiguration(jobID: "j", batchID: "b", index: 8)
        #expect(nominal.nominal == true && nominal.runIndex == 8)
        #expect(nominal.parameters == ["mass": .number(12), "wind": .number(1), "mode": .string("b"), "count": .integer(5), "fixed": .bool(true)])
        #expect(with.runs == 8)
    }

    @Test("Columns that go over it have its values at their end")
    func columns() {
        let sampler = Self.sampler(nominal: true)
        #expect(sampler.numbers(of: "wind", in: 6..<9) == sampler.numbers(of: "wind", in: 6..<8)! + [1])
        #expect(sampler.numbers(of: "mass", in: 8..<9) == [12])
        #expect(sampler.numbers(of: "mode", in: 6..<9) == nil)
        #expect(sampler.values(of: "mode", in: 7..<9) == sampler.values(of: "mode", in: 7..<8)! + [.string("b")])
        #expect(sampler.values(of: "fixed", in: 8..<9) == [.bool(true)])
    }
}
