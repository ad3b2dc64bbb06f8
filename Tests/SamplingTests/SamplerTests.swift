import LynxModel
import Testing

@testable import Sampling

@Suite("The sampler")
struct SamplerTests {
    private static let study: [String: Distribution] = [
        "uniform": .uniform(min: 330, max: 355),
        "normal": .normal(mean: 0, stdDev: 0.1),
        "truncated": .truncatedNormal(mean: 0, stdDev: 1, min: 0.5, max: 3),
        "lognormal": .lognormal(mu: 1, sigma: 0.5),
        "triangular": .triangular(min: 0, mode: 1, max: 4),
        "exponential": .exponential(rate: 2),
        "weibull": .weibull(shape: 1.5, scale: 10),
        "beta": .beta(alpha: 2, beta: 3, min: 10, max: 20),
        "discrete": .discrete(values: [.string("low"), .string("high")], weights: [1, 3]),
        "constant": .constant(.string("LEO")),
    ]

    @Test("A run's values are the same in any order, alone, and from another sampler", arguments: SamplingMethod.allCases)
    func anyOrder(method: SamplingMethod) {
        let first = sampler(Self.study, method: method, runs: 300)
        let forward = (0..<300).map { first.parameters(at: $0) }
        for index in (0..<300).shuffled() { #expect(first.parameters(at: index) == forward[index]) }
        #expect(sampler(Self.study, method: method, runs: 300).parameters(at: 211) == forward[211])
        // The plain sequence begins in the origin, which all runs of Saltelli's first point share.
        #expect(Set(forward).count > (method == .saltelli ? 200 : 299))
    }

    @Test(
        "Adding and removing parameters leaves the others as they were", arguments: [SamplingMethod.latinHypercube, .monteCarlo])
    func namedStreams(method: SamplingMethod) {
        let all = sampler(Self.study, method: method, runs: 50)
        for (name, distribution) in Self.study {
            let alone = sampler([name: distribution], method: method, runs: 50)
            for index in 0..<50 {
                #expect(alone.parameters(at: index)[name] == all.parameters(at: index)[name])
            }
        }
    }

    @Test("Another seed gives other values, and another name too", arguments: [SamplingMethod.latinHypercube, .monteCarlo])
    func seeds(method: SamplingMethod) {
        let range = Distribution.uniform(min: 0, max: 1)
        let one = sampler(["x": range, "y": range], method: method, runs: 40, seed: 1)
        let two = sampler(["x": range], method: method, runs: 40, seed: 2)
        for index in 0..<40 {
            #expect(one.parameters(at: index)["x"] != two.parameters(at: index)["x"])
            #expect(one.parameters(at: index)["x"] != one.parameters(at: index)["y"])
        }
    }

    @Test("More runs continue the sequence of fewer", arguments: SamplingMethod.allCases)
    func prefix(method: SamplingMethod) {
        let few = sampler(Self.study, method: method, runs: 10)
        let many = Sampler(config: batch(Self.study, method: method, runs: 10), runs: 10_000, seed: 2026, originalRuns: 10)
        for index in 0..<10 { #expect(few.parameters(at: index) == many.parameters(at: index)) }
    }

    @Test("Only independent draws are said to be independent", arguments: SamplingMethod.allCases)
    func independence(method: SamplingMethod) {
        let sampler = sampler(Self.study, method: method, runs: 10)
        #expect(sampler.drawsAreIndependent == (method == .monteCarlo))
        #expect(sampler.blockSize == (method == .latinHypercube ? 10 : nil))
    }

    /// These change only when the streams do, and then every study in the world draws other values.
    @Test(
        "The values of a seed are these, to the last bit",
        arguments: [
            (
                .latinHypercube, 40,
                [
                    "beta": 12.496108009338263,
                    "exponential": 0.27299227312677277,
                    "lognormal": 3.4262875587835815,
                    "normal": 0.1121497862627175,
                    "triangular": 2.3349685747920104,
                    "truncated": 0.574026615788993,
                    "uniform": 352.76184335445,
                    "weibull": 15.607263362895694,
                ]
            ),
            (
                .latinHypercube, 1000,
                [
                    "beta": 12.749481494434377,
                    "exponential": 0.0587329413548618,
                    "lognormal": 2.605179867631812,
                    "normal": -0.09201067832521975,
                    "triangular": 3.616733531499021,
                    "truncated": 0.5641703981463748,
                    "uniform": 330.360473734178,
                    "weibull": 19.64613835141839,
                ]
            ),
            (
                .monteCarlo, 40,
                [
                    "beta": 13.530820538400846,
                    "exponential": 0.8834924674672612,
                    "lognormal": 1.5552763097727502,
                    "normal": 0.07014214616998647,
                    "triangular": 2.299063235388872,
                    "truncated": 0.8147953809775238,
                    "uniform": 340.4737341779992,
                    "weibull": 5.135532867579446,
                ]
            ),
        ] as [(SamplingMethod, Int, [String: Double])])
    func golden(method: SamplingMethod, runs: Int, expected: [String: Double]) {
        let sampler = sampler(Self.study, method: method, runs: runs, seed: 2026)
        let actual = sampler.parameters(at: 39)
        for (name, value) in expected { #expect(actual[name] == .number(value), "\(name)") }
        #expect(actual["discrete"] == .string(method == .monteCarlo ? "low" : "high"))
        #expect(actual["constant"] == .string("LEO"))
        #expect(sampler.runSeed(at: 39) == 17_342_541_032_846_759_501)
    }

    @Test("Every run has its own seed, and neighbouring batch seeds share none")
    func runSeeds() {
        let runs = 100_000
        let seeds = ([7, 8] as [UInt64]).flatMap { seed in
            let sampler = sampler([:], runs: runs, seed: seed)
            return (0..<runs).map { sampler.runSeed(at: $0) }
        }
        #expect(Set(seeds).count == 2 * runs)
        for bit in 0..<64 {
            let ones = seeds.count { $0 >> UInt64(bit) & 1 == 1 }
            #expect(abs(ones - runs) < 1200, "bit \(bit)")
        }
    }

    @Test("A run configuration carries the simulation, the parameters and their units")
    func runConfiguration() {
        var config = batch(Self.study)
        config.dispersions["uniform"]?.units = "deg"
        config.simulation = SimulationSpec(name: "orbit", version: "2.1", durationMinutes: 70)
        let sampler = Sampler(config: config, runs: 9, seed: 11)
        let run = sampler.runConfiguration(jobID: "job-4", batchID: "batch-1", index: 4)
        #expect(run.jobID == "job-4")
        #expect(run.batchID == "batch-1")
        #expect(run.runIndex == 4)
        #expect(run.seed == sampler.runSeed(at: 4))
        #expect(run.simulation == config.simulation)
        #expect(run.parameters == sampler.parameters(at: 4))
        #expect(Set(run.parameters.keys) == Set(Self.study.keys))
        #expect(run.units["uniform"] == "deg")
        #expect(run.units["beta"] == "")
    }
}
