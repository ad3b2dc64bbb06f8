import Hummingbird
import HummingbirdTesting
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

@Suite("What a study says of its outputs and of what drives them", .timeLimit(.minutes(5)))
struct AnalysisTests {
    private static let runs = 200

    private static func submission() -> BatchSubmission {
        var submission = TestLedger.judged(runs: runs)
        submission.config.outputs = nil
        submission.config.dispersions = [:]
        for name in ["x0", "x1", "x2"] { submission.config.dispersions[name] = Dispersion(distribution: .uniform(min: 0, max: 1)) }
        submission.config.requirements = [RequirementSpec(name: "low", output: "y", comparison: .lt, threshold: 0.9, probability: 0.9)]
        return submission
    }

    private static func number(_ value: ParameterValue?) throws -> Double {
        guard case .number(let number)? = value else { throw StorageError.unexpected("no number") }
        return number
    }

    @Test("The parameter that makes an output is found first, and tells failed runs apart")
    func drivers() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(Self.submission())
            #expect(jobs.count == Self.runs)
            var noise = SplitMix64(state: 3)
            for job in jobs {
                let x = try Self.number(job.runConfig.parameters["x0"])
                let y = x + 0.05 * Double(noise.next() >> 11) * 0x1p-53
                try await client.end(job, outputs: [RunOutput(name: "y", value: y, units: "m"), RunOutput(name: "constant", value: 1)])
            }
            let analysis: StudyStatistics = try await client.get("/batches/\(batchID)/statistics")
            let found: StudyDrivers = try await client.get("/batches/\(batchID)/drivers")
            #expect(analysis.totalRuns == Self.runs && analysis.endedRuns == Self.runs && analysis.breach == nil)
            #expect(analysis.outputs.map(\.name) == ["y", "constant"])
            let output = analysis.outputs[0]
            #expect(output.count == Self.runs && output.missing == 0 && output.units == "m")
            #expect(output.binCounts.reduce(0, +) == Self.runs && output.binEdges.count == output.binCounts.count + 1)
            let mean = try #require(output.mean.value)
            #expect(abs(mean - 0.525) < 0.1 && (output.mean.low ?? 1) < mean && (output.mean.high ?? 0) > mean)
            #expect(output.distributionShares.last == 1 && output.runningRuns.last == Self.runs)
            let drivers = try #require(found.drivers.first { $0.output == "y" })
            #expect(drivers.drivers.map(\.parameter).first == "x0" && drivers.drivers.count == 3)
            #expect(drivers.drivers[0].isDetected && drivers.drivers[0].importance > 0.9 && (drivers.rSquared ?? 0) > 0.95)
            let separators = try #require(found.separators)
            #expect(separators.failed + separators.passed == Self.runs && separators.failed > 0)
            let first = try #require(separators.separators.first)
            #expect(first.parameters == ["x0"] && first.isDiscovery && first.failuresLieAbove && abs(first.cut - 0.88) < 0.05)
            let asked: StudyDrivers = try await client.get("/batches/\(batchID)/drivers?output=constant")
            #expect(asked.drivers.allSatisfy { $0.output == "constant" && $0.drivers.allSatisfy { !$0.isDetected } })
            let problem = try await client.problem(.get, "/batches/\(batchID)/drivers?output=z", status: 422)
            #expect(problem.errors?.first?.detail == "is 'z', which no run has given; outputs are constant, y")
        }
    }

    @Test("Breaches are told against simulated time, by condition")
    func breaches() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 10))
            for job in jobs {
                let run = job.runConfig.runIndex
                if run < 4 {
                    try await client.end(job, .breach, outputs: [], breach: "crash", simTime: Double(run + 1))
                } else {
                    try await client.end(job, outputs: [.miss(1)], simTime: 10)
                }
            }
            let breach = try #require(try await client.get("/batches/\(batchID)/statistics", as: StudyStatistics.self).breach)
            #expect(breach.breaches == ["crash": 4] && breach.missing == 0 && breach.times == [1, 2, 3, 4])
            // None is censored before the last breach, so the estimate is the share.
            for (index, estimate) in breach.probabilities.enumerated() {
                #expect(abs(try #require(estimate.value) - Double(index + 1) / 10) < 1e-12)
            }
        }
    }

    @Test("A batch without a run that has ended has nothing to say, and says so")
    func empty() async throws {
        try await TestControlPlane().test { client in
            let (batchID, _) = try await client.judged(TestLedger.judged(runs: 3), claiming: 1)
            let statistics: StudyStatistics = try await client.get("/batches/\(batchID)/statistics")
            #expect(statistics.endedRuns == 0 && statistics.outputs == [] && statistics.breach == nil)
            let drivers: StudyDrivers = try await client.get("/batches/\(batchID)/drivers")
            #expect(drivers.drivers == [] && drivers.separators == nil)
            let problem = try await client.problem(.get, "/batches/\(batchID)/drivers?output=y", status: 422)
            #expect(problem.errors?.first?.detail == "is 'y', which no run has given; outputs are none so far")
            _ = try await client.problem(.get, "/batches/nowhere/statistics", status: 404)
        }
    }
}
