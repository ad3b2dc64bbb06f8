import LynxDocument
import LynxModel
import Testing

@testable import Sampling

@Suite("Correlated parameters", .timeLimit(.minutes(10)))
struct GaussianCopulaTests {
    private static let runs = 100_000

    private static let study: [String: Distribution] = [
        "a": .lognormal(mu: 0, sigma: 0.6),
        "b": .truncated(.gamma(shape: 2, scale: 3), min: 1, max: 20),
        "c": .beta(alpha: 2, beta: 5, min: -1, max: 4),
        "d": .triangular(min: 0, mode: 1, max: 9),
        "e": .normal(mean: 5, stdDev: 2),
        "free": .weibull(shape: 1.5, scale: 2),
        "name": .discrete(values: [.string("x"), .string("y")], weights: nil),
    ]

    private static let pairs = [("a", "b", 0.5), ("a", "c", -0.3), ("b", "c", 0.2), ("d", "e", 0.85)]

    private func spec(_ kind: CorrelationSpec.Kind, _ pairs: [(String, String, Double)] = pairs) -> CorrelationSpec {
        CorrelationSpec(kind: kind, values: .pairs(pairs.map { CorrelatedPair(between: [$0.1, $0.0], value: $0.2) }))
    }

    @Test(
        "Samples have the correlation that was asked for, and their distributions",
        arguments: [
            (CorrelationSpec.Kind.pearson, SamplingMethod.monteCarlo), (.spearman, .latinHypercube), (.kendall, .halton),
            (.pearson, .sobol),
        ])
    func realized(kind: CorrelationSpec.Kind, method: SamplingMethod) async throws {
        let sampler = sampler(Self.study, method: method, runs: Self.runs) { config in
            config.correlation = spec(kind)
            config.monteCarlo.scramble = method == .sobol ? true : nil
        }
        let columns = Self.study.filter { $0.value.isContinuous }.keys.reduce(into: [:]) {
            $0[$1] = sampler.numbers(of: $1, in: 0..<Self.runs)!
        }
        let free = [("a", "d", 0.0), ("c", "free", 0.0), ("a", "e", 0.0)]
        let all = Self.pairs + free
        let found = try await Scipy.coefficients(all.map { (kind, columns[$0.0]!, columns[$0.1]!) })
        for (pair, coefficient) in zip(all, found) {
            // Five standard deviations of the coefficient of so many runs.
            #expect(abs(coefficient - pair.2) < 5 / Double(Self.runs).squareRoot(), "\(pair): \(coefficient)")
        }
        let p = try await Scipy.kolmogorovSmirnov(columns.map { (Self.study[$0.key]!, $0.value) })
        #expect(p.allSatisfy { $0 > 0.01 }, "\(p)")
    }

    @Test("Parameters that are not correlated keep their values, and so does the first of each group")
    func unchanged() {
        for method in [SamplingMethod.monteCarlo, .latinHypercube, .sobol] {
            let plain = sampler(Self.study, method: method, runs: 300)
            let mixed = sampler(Self.study, method: method, runs: 300) { $0.correlation = spec(.spearman) }
            for run in 0..<300 {
                let (before, after) = (plain.parameters(at: run), mixed.parameters(at: run))
                for name in ["a", "d", "free", "name"] { #expect(before[name] == after[name]) }
                for name in ["b", "c", "e"] where method != .sobol || run > 1 { #expect(before[name] != after[name]) }
            }
        }
    }

    @Test("A run depends on the seed and its index alone, and more runs keep it")
    func prefix() {
        let config = batch(Self.study, method: .sobol) { $0.correlation = spec(.pearson) }
        let (few, many) = (Sampler(config: config, runs: 20, seed: 3), Sampler(config: config, runs: 5000, seed: 3))
        for run in (0..<20).reversed() { #expect(few.parameters(at: run) == many.parameters(at: run)) }
    }

    @Test("A matrix says the same as its pairs, in whatever order")
    func matrix() {
        let matrix = CorrelationSpec(
            kind: .kendall,
            values: .matrix(parameters: ["c", "a", "b"], rows: [[1, -0.3, 0.2], [-0.3, 1, 0.5], [0.2, 0.5, 1]]))
        let one = sampler(Self.study, runs: 50) { $0.correlation = matrix }
        let other = sampler(Self.study, runs: 50) { $0.correlation = spec(.kendall, Array(Self.pairs.prefix(3))) }
        for run in 0..<50 { #expect(one.parameters(at: run) == other.parameters(at: run)) }
    }

    @Test("Fully correlated parameters rise and fall together")
    func full() {
        let sampler = sampler(Self.study, runs: 1000) {
            $0.correlation = spec(.spearman, [("a", "b", 1), ("a", "c", -1), ("b", "c", -1)])
        }
        let rows = (0..<1000).map { sampler.parameters(at: $0) }.sorted { $0["a"]!.double < $1["a"]!.double }
        for (lower, upper) in zip(rows, rows.dropFirst()) {
            #expect(lower["b"]!.double < upper["b"]!.double)
            #expect(lower["c"]!.double > upper["c"]!.double)
        }
    }

    /// These change only when the streams do, and then every correlated study draws other values.
    @Test(
        "The values of a seed are these, to the last bit",
        arguments: [
            (CorrelationSpec.Kind.pearson, [10.94763224523435, -0.48393694510808183, 6.379159624998599]),
            (.spearman, [10.690066806346572, -0.4605458430063578, 6.400657953890866]),
            (.kendall, [13.11056365225302, -0.35499968648052427, 5.987781541357761]),
        ])
    func golden(kind: CorrelationSpec.Kind, expected: [Double]) {
        let values = sampler(Self.study, runs: 40) { $0.correlation = spec(kind) }.parameters(at: 7)
        #expect(["b", "c", "e"].map { values[$0]!.double } == expected)
    }

    private func problems(_ spec: CorrelationSpec, _ study: [String: Distribution] = study) -> [FieldProblem] {
        batch(study) { $0.correlation = spec }.samplingProblems
    }

    @Test("What no parameters can have is refused with what they can")
    func unreachable() {
        let study = Self.study.merging(["t": .studentT(df: 1.5, loc: 0, scale: 1)]) { $1 }
        #expect(problems(spec(.pearson)) == [])
        let found = problems(spec(.pearson, [("a", "c", -0.99), ("a", "e", 0.97), ("d", "t", 0.1)]), study)
        #expect(
            found == [
                FieldProblem(
                    ["config", "correlation", "pairs", 0, "value"],
                    "-0.99 is out of reach of 'a' and 'c' with their distributions; give a number from -0.825889 to 0.950749"),
                FieldProblem(
                    ["config", "correlation", "pairs", 1, "value"],
                    "0.97 is out of reach of 'a' and 'e' with their distributions; give a number from -0.911469 to 0.911469"),
                FieldProblem(
                    ["config", "correlation", "pairs", 2, "value"],
                    "'t' has no standard deviation, which a linear correlation is a share of; use spearman or kendall"),
            ])
        #expect(problems(spec(.spearman, [("a", "e", 0.97), ("d", "t", 0.1)]), study) == [])
    }

    @Test("Coefficients that no copula has together are refused with the nearest that one has, which is then taken")
    func impossible() {
        let pairs = [("a", "b", 0.9), ("a", "c", -0.6), ("b", "c", 0.5)]
        let message = problems(spec(.pearson, pairs.map { ($0.0, $0.1, $0.2 * 0.8) }))
        #expect(message.map(\.path) == [["config", "correlation", "pairs"]])
        #expect(
            message[0].message
                == "is not positive semidefinite (smallest eigenvalue -0.167); the nearest correlation matrix has 0.623995 between 'a' and 'b', "
                + "-0.413344 between 'a' and 'c', 0.326129 between 'b' and 'c'")
        let matrix = CorrelationSpec(
            kind: .spearman,
            values: .matrix(
                parameters: ["c", "b", "a", "e"],
                rows: [[1, 0.5, -0.6, 0], [0.5, 1, 0.9, 0], [-0.6, 0.9, 1, 0], [0, 0, 0, 1]]))
        let found = problems(matrix)
        #expect(found.map(\.path) == [["config", "correlation", "matrix"]])
        #expect(
            found[0].message
                == "with the normal correlations of a Gaussian copula is not positive semidefinite (smallest eigenvalue -0.377); "
                + "the nearest correlation matrix is [[1, 0.333801, -0.424248], [0.333801, 1, 0.671112], [-0.424248, 0.671112, 1]] of 'c', 'b', 'a'"
        )
        // What is shown is taken.
        let shown = [[1, 0.333801, -0.424248], [0.333801, 1, 0.671112], [-0.424248, 0.671112, 1]]
        #expect(problems(CorrelationSpec(kind: .spearman, values: .matrix(parameters: ["c", "b", "a"], rows: shown))) == [])
    }

    @Test("Whatever is wrong with the coefficients, samples can be drawn")
    func robust() {
        for kind in CorrelationSpec.Kind.allCases {
            let sampler = sampler(Self.study, runs: 10) {
                $0.correlation = spec(kind, [("a", "b", 1), ("a", "c", -1), ("b", "c", 1)])
            }
            #expect(
                (0..<10).allSatisfy { run in
                    sampler.parameters(at: run).values.allSatisfy { value in
                        if case .number(let x) = value { x.isFinite } else { true }
                    }
                })
        }
    }
}
