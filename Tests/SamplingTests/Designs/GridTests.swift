import LynxModel
import Testing

@testable import Sampling

@Suite("A grid")
struct GridTests {
    private static let study: [String: Distribution] = [
        "a": .uniform(min: 0, max: 10),
        "b": .discrete(values: [.string("x"), .string("never"), .string("y")], weights: [5, 0, 1]),
        "c": .integerUniform(min: 1, max: 4),
        "d": .constant(.integer(7)),
    ]

    private func grid(_ levels: GridLevels, runs: Int, _ study: [String: Distribution] = study) -> Sampler {
        sampler(study, method: .grid, runs: runs) { $0.monteCarlo.levels = levels }
    }

    @Test("Every combination comes once, the last parameter changing from run to run")
    func combinations() {
        let sampler = grid(.byParameter(["a": 3, "c": 4]), runs: 24)
        let rows = (0..<24).map { sampler.parameters(at: $0) }
        #expect(Set(rows).count == 24)
        #expect(rows.allSatisfy { $0["d"] == .integer(7) })
        #expect(Set(rows.map { $0["a"]! }) == Set([1, 3, 5].map { .number($0 / 6 * 10) }))
        #expect(rows.map { $0["c"]! } == (0..<24).map { .integer(Int64($0 % 4 + 1)) })
        #expect(rows.map { $0["b"]! } == (0..<24).map { .string($0 / 4 % 2 == 0 ? "x" : "y") })
        #expect(rows[..<8].allSatisfy { $0["a"] == rows[0]["a"] })
    }

    @Test("Fewer levels than a range has integers are spread over it, and more are taken for as many as there are")
    func integers() {
        let study: [String: Distribution] = ["n": .integerUniform(min: 0, max: 99)]
        let few = grid(.all(4), runs: 4, study)
        #expect((0..<4).map { few.parameters(at: $0)["n"] } == [12, 37, 62, 87].map { .integer($0) })
        let all = grid(.all(500), runs: 100, study)
        #expect((0..<100).map { all.parameters(at: $0)["n"] } == (0..<100).map { .integer($0) })
    }

    @Test("Levels lie in the centres of strata of equal probability")
    func centres() {
        let sampler = grid(.all(4), runs: 4, ["x": .normal(mean: 0, stdDev: 1)])
        for run in 0..<4 {
            #expect(sampler.parameters(at: run)["x"] == .number(StandardNormal.quantile((Double(run) + 0.5) / 4)))
        }
    }

    @Test("More runs begin the grid again, with seeds of their own, and no seed changes it")
    func repeated() {
        let sampler = grid(.all(3), runs: 54)
        for run in 0..<18 {
            #expect(sampler.parameters(at: run) == sampler.parameters(at: run + 18))
            #expect(sampler.parameters(at: run) == sampler.parameters(at: run + 36))
        }
        #expect(sampler.runSeed(at: 0) != sampler.runSeed(at: 18))
        let other = Sampler(
            config: batch(Self.study, method: .grid, runs: 18) { $0.monteCarlo.levels = .all(3) }, runs: 18, seed: 99)
        #expect(other.parameters(at: 5) == sampler.parameters(at: 5))
    }

    @Test("A grid of more parameters than runs can count has its first points")
    func vast() {
        let study = Dictionary(uniqueKeysWithValues: (0..<80).map { ("x\(100 + $0)", Distribution.uniform(min: 0, max: 1)) })
        let sampler = grid(.all(2), runs: 4, study)
        #expect((0..<4).map { sampler.parameters(at: $0)["x179"] } == [0.25, 0.75, 0.25, 0.75].map { .number($0) })
        #expect((0..<4).map { sampler.parameters(at: $0)["x178"] } == [0.25, 0.25, 0.75, 0.75].map { .number($0) })
        #expect((0..<4).allSatisfy { sampler.parameters(at: $0)["x100"] == .number(0.25) })
    }
}
