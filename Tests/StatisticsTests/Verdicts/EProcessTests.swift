import Glibc
import Testing

@testable import Statistics

@Suite("The e-process")
struct EProcessTests {
    private let requirement: ShareRequirement

    init() throws { requirement = try ShareRequirement(share: 0.9973, confidence: 0.9) }

    @Test("Evidence is the formula of the mixture, put together from scipy's functions")
    func formula() async throws {
        let cases = [(0, 0), (1, 1), (100, 0), (852, 0), (1_104, 0), (2_000, 1), (2_000, 30), (50_000, 90), (50_000, 200)]
        let prior = EProcess.Prior(a: 0.7, b: 3)
        let process = EProcess(for: requirement, prior: prior)
        let q = requirement.failureShare
        let posterior = cases.map { runs, failures in (prior.a + Double(failures), prior.b + Double(runs - failures)) }
        let expected = try await StatisticsReference.ask([
            .init("log_beta", posterior.flatMap { [$0.0, $0.1] }), .init("log_beta_tails", posterior.flatMap { [$0.0, $0.1, q] }),
            .init("log_beta", [prior.a, prior.b]), .init("log_beta_tails", [prior.a, prior.b, q]),
        ])
        for (index, (runs, failures)) in cases.enumerated() {
            let likelihood = Double(failures) * log(q) + Double(runs - failures) * log1p(-q)
            let scale = expected[0][0][index] - expected[2][0][0] - likelihood
            let (inFavour, against) = (
                scale + expected[1][0][index] - expected[3][0][0], scale + expected[1][1][index] - expected[3][1][0]
            )
            #expect(abs(process.logEvidenceFor(runs: runs, failures: failures) - inFavour) < 1e-9)
            #expect(abs(process.logEvidenceAgainst(runs: runs, failures: failures) - against) < 1e-9)
        }
    }

    @Test("At the required share evidence is 1 in the mean after any number of runs", arguments: [0.9973, 0.95, 0.5])
    func fairBet(share: Double) throws {
        let process = EProcess(for: try ShareRequirement(share: share, confidence: 0.9))
        #expect(abs(process.logEvidenceFor(runs: 0, failures: 0)) < 1e-12)
        #expect(abs(process.logEvidenceAgainst(runs: 0, failures: 0)) < 1e-12)
        for runs in [1, 2, 50, 400] {
            let failures = BinomialDistribution(trials: runs, probability: 1 - share)
            var (inFavour, against) = (0.0, 0.0)
            for k in 0...runs {
                inFavour += exp(failures.logMass(k) + process.logEvidenceFor(runs: runs, failures: k))
                against += exp(failures.logMass(k) + process.logEvidenceAgainst(runs: runs, failures: k))
            }
            #expect(abs(inFavour - 1) < 1e-10)
            #expect(abs(against - 1) < 1e-10)
        }
    }

    @Test("A pass speaks for the requirement and a failure against it")
    func direction() {
        let process = EProcess(for: requirement)
        for (runs, failures) in [(0, 0), (10, 0), (1_000, 3), (100_000, 270)] {
            let (inFavour, against) = (
                process.logEvidenceFor(runs: runs, failures: failures), process.logEvidenceAgainst(runs: runs, failures: failures)
            )
            #expect(process.logEvidenceFor(runs: runs + 1, failures: failures) > inFavour)
            #expect(process.logEvidenceFor(runs: runs + 1, failures: failures + 1) < inFavour)
            #expect(process.logEvidenceAgainst(runs: runs + 1, failures: failures) < against)
            #expect(process.logEvidenceAgainst(runs: runs + 1, failures: failures + 1) > against)
        }
    }

    @Test("The standard prior accepts a good design about as early as a table of looks up to ten failures")
    func efficiency() throws {
        let process = EProcess(for: requirement)
        #expect(process.smallestRuns(failures: 0) == 1_097)
        let acceptance = process.boundary(mostFailures: 40).acceptance(trueShare: 0.9995)
        #expect(Int(try #require(acceptance.meanRuns).rounded()) == 1_916)
        // Whatever number of failures one goes up to, the consumer's risk is kept.
        #expect(process.boundary(mostFailures: 60).acceptance(trueShare: 0.9973).probability < 0.1)
        #expect(process.logEvidenceAgainst(runs: 1, failures: 1) < log(10))
    }

    @Test("The bounds are the shares that the process just accepts and just rejects")
    func bounds() throws {
        let process = EProcess(for: requirement)
        for (runs, failures) in [(10, 0), (1_200, 0), (2_000, 1), (2_000, 40), (100_000, 250), (30, 29), (30, 30)] {
            for level in [0.1, 0.001] {
                let lower = process.lowerBound(runs: runs, failures: failures, level: level)
                let upper = process.upperBound(runs: runs, failures: failures, level: level)
                let observed = Double(runs - failures) / Double(runs)
                #expect(lower <= observed && observed <= upper)
                // No bound that holds at all looks together is closer than the one for a single look.
                #expect(lower <= ClopperPearson.lowerBound(passes: runs - failures, runs: runs, confidence: 1 - level))
                #expect(upper >= ClopperPearson.upperBound(passes: runs - failures, runs: runs, confidence: 1 - level))
                let evidence = exp(-process.logEvidenceFor(runs: runs, failures: failures))
                #expect((evidence <= level) == (lower >= requirement.share))
            }
        }
        #expect(process.lowerBound(runs: 0, failures: 0, level: 0.1) == 0)
        #expect(process.upperBound(runs: 0, failures: 0, level: 0.1) == 1)
    }
}
