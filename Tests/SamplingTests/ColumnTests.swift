import LynxModel
import Testing

@testable import Sampling

@Suite("Columns of samples")
struct ColumnTests {
    private static let study = Dictionary(
        uniqueKeysWithValues: continuousDistributions.enumerated().map { ("p\($0.offset)", $0.element) })

    @Test(
        "A column has the values of its runs, to the last bit", arguments: SamplingMethod.allCases,
        [1, 97, 256, 257, 1024, 3000])
    func sameValues(method: SamplingMethod, runs: Int) throws {
        let sampler = sampler(Self.study, method: method, runs: runs)
        let range = runs / 3..<runs
        let wanted = range.map { sampler.parameters(at: $0) }
        for name in Self.study.keys {
            #expect(try #require(sampler.numbers(of: name, in: range)) == wanted.map { $0[name]!.double }, "\(name)")
        }
    }

    @Test(
        "So has a column of correlated, blocked, scrambled or listed samples",
        arguments: [SamplingMethod.latinHypercube, .monteCarlo, .sobol, .halton], [97, 2500])
    func others(method: SamplingMethod, runs: Int) throws {
        var study = Self.study
        study["observed"] = .empirical(values: [3, 1, 4], interpolate: false)
        let sampler = Sampler(
            config: batch(study, method: method, runs: runs) { config in
                config.monteCarlo.scramble = method == .sobol ? true : nil
                config.monteCarlo.blockSize = method == .latinHypercube ? 31 : nil
                config.correlation = CorrelationSpec(
                    kind: .spearman,
                    values: .pairs([
                        CorrelatedPair(between: ["p0", "p1"], value: 0.5), CorrelatedPair(between: ["p1", "p20"], value: -0.7),
                    ]))
            }, runs: runs, seed: 4)
        let wanted = (0..<runs).map { sampler.parameters(at: $0) }
        for name in study.keys {
            #expect(try #require(sampler.numbers(of: name, in: 0..<runs)) == wanted.map { $0[name]!.double }, "\(name)")
        }
    }

    @Test("No runs are an empty column")
    func none() {
        #expect(sampler(Self.study, runs: 10).numbers(of: "p0", in: 3..<3) == [])
    }

    @Test("There is no column of what isn't dispersed, nor of what isn't a continuous number")
    func absent() {
        let sampler = sampler(
            [
                "choice": .discrete(values: [.integer(1)], weights: nil), "fixed": .constant(.number(1)),
                "integer": .integerUniform(min: 1, max: 2),
                "file": .files(["a.csv"]),
            ], runs: 3)
        for name in ["choice", "fixed", "integer", "file", "absent"] { #expect(sampler.numbers(of: name, in: 0..<3) == nil) }
    }
}
