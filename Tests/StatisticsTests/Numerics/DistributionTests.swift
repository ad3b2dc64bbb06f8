import Glibc
import Testing

@testable import Statistics

@Suite("Distributions and special functions")
struct StatisticalDistributionTests {
    @Test("The logarithms of the gamma and beta functions agree with scipy and mpmath")
    func gammaAndBeta() async throws {
        let arguments = [1e-5, 0.01, 0.3, 0.9, 1, 1.5, 2, 3.3, 9.99, 10, 25, 171, 1e4, 1e8]
        let pairs = arguments.flatMap { a in arguments.map { (a, $0) } }
        let expected = try await StatisticsReference.ask([
            .init("log_gamma", arguments), .init("log_beta", pairs.flatMap { [$0.0, $0.1] }),
        ])
        expectAgreement(arguments.map(SpecialFunctions.logGamma), expected[0][0], within: 1e-13)
        expectAgreement(pairs.map(SpecialFunctions.logBeta), expected[1][0], within: 1e-13, least: 1)
    }

    @Test("The normal distribution agrees with scipy, 37 standard deviations out")
    func normal() async throws {
        let points = stride(from: -37.0, through: 37, by: 0.37).map { $0 }
        let probabilities = tailProbabilities + [0.2499, 0.2501, 0.4999999, 0.5000001, 0.7499, 0.7501]
        let expected = try await StatisticsReference.ask([.init("normal", points), .init("normal_quantiles", probabilities)])
        expectAgreement(points.map(NormalDistribution.cumulative), expected[0][0], within: 1e-12)
        expectAgreement(points.map(NormalDistribution.density), expected[0][1], within: 1e-12)
        expectAgreement(probabilities.map(NormalDistribution.quantile), expected[1][0], within: 1e-12)
        #expect(NormalDistribution.quantile(0) == -.infinity && NormalDistribution.quantile(1) == .infinity)
    }

    @Test("Student's distribution agrees with scipy, from one degree of freedom to a million")
    func student() async throws {
        let degrees: [Double] = [1, 2, 2.5, 5, 30, 499, 99_999, 1e6]
        let ts: [Double] = [-40, -3, -0.1, 0, 0.5, 2, 12]
        let probabilities: [Double] = [1e-10, 1e-4, 0.025, 0.2, 0.4, 0.6, 0.975]
        let points = degrees.flatMap { degrees in ts.map { (t: $0, degrees: degrees) } }
        let tails = degrees.flatMap { degrees in probabilities.map { (probability: $0, degrees: degrees) } }
        let expected = try await StatisticsReference.ask([
            .init("student", points.flatMap { [$0.t, $0.degrees] }),
            .init("student_quantiles", tails.flatMap { [$0.probability, $0.degrees] }),
        ])
        expectAgreement(
            points.map { StudentDistribution(degreesOfFreedom: $0.degrees).survival($0.t) }, expected[0][0], within: 1e-12)
        expectAgreement(
            tails.map { StudentDistribution(degreesOfFreedom: $0.degrees).upperQuantile($0.probability) }, expected[1][0],
            within: 1e-12)
    }

    @Test("The binomial distribution agrees with scipy in the middle and in both tails")
    func binomial() async throws {
        var cases: [(runs: Int, share: Double, failures: Int)] = []
        for runs in [1, 2, 7, 59, 852, 6_705, 100_000] {
            for share in [1e-6, 0.0027, 0.05, 0.31, 0.5, 0.9, 0.9973] {
                let mean = Double(runs) * share
                let deviation = (mean * (1 - share)).squareRoot()
                for steps in [-20.0, -5, -1, 0, 1, 5, 20] {
                    cases.append((runs, share, min(max(Int(mean + steps * deviation), 0), runs)))
                }
            }
        }
        let expected = try await StatisticsReference.ask(
            "binomial", cases.flatMap { [Double($0.runs), $0.share, Double($0.failures)] })
        let distributions = cases.map { BinomialDistribution(trials: $0.runs, probability: $0.share) }
        func values(_ value: (BinomialDistribution, Int) -> Double) -> [Double] {
            zip(distributions, cases).map { value($0, $1.failures) }
        }
        // What scipy itself has in accuracy: it forms the mass from logarithms of gamma functions.
        expectAgreement(values { $0.mass($1) }, expected[0], within: 1e-10, least: 1e-290)
        expectAgreement(values { $0.cumulative($1) }, expected[1], within: 1e-12, least: 1e-290)
        expectAgreement(values { $0.survival($1) }, expected[2], within: 1e-12, least: 1e-290)
    }

    @Test("Binomial probabilities add up, and their logarithms outlast them")
    func binomialSums() {
        for (runs, share) in [(12, 0.3), (200, 0.0027), (60, 0.9)] {
            let distribution = BinomialDistribution(trials: runs, probability: share)
            var sum = 0.0
            for failures in 0...runs {
                sum += distribution.mass(failures)
                #expect(abs(sum - distribution.cumulative(failures)) <= 1e-14)
                #expect(abs(distribution.cumulative(failures) + distribution.survival(failures) - 1) <= 1e-15)
            }
        }
        let far = BinomialDistribution(trials: 100_000, probability: 0.5)
        #expect(far.cumulative(0) == 0)
        #expect(abs(far.logCumulative(0) / (100_000 * log(0.5)) - 1) <= 1e-14)
        #expect(abs(far.logSurvival(99_999) / (100_000 * log(0.5)) - 1) <= 1e-14)
        #expect(far.cumulative(-1) == 0 && far.survival(-1) == 1 && far.cumulative(100_000) == 1 && far.mass(100_001) == 0)
    }

    @Test("A certain and an impossible failure have degenerate distributions")
    func degenerate() {
        let (never, always) = (BinomialDistribution(trials: 5, probability: 0), BinomialDistribution(trials: 5, probability: 1))
        #expect((0...5).map(never.mass) == [1, 0, 0, 0, 0, 0])
        #expect((0...5).map(always.mass) == [0, 0, 0, 0, 0, 1])
        #expect((0...5).map(never.cumulative) == [1, 1, 1, 1, 1, 1])
        #expect((0...5).map(always.cumulative) == [0, 0, 0, 0, 0, 1])
        #expect(BinomialDistribution(trials: 0, probability: 0.3).mass(0) == 1)
    }
}
