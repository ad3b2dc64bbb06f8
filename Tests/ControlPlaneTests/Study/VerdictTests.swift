import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Verdicts over HTTP", .timeLimit(.minutes(5)))
struct VerdictTests {
    @Test("A batch whose runs all pass is MET, and the bound is Clopper and Pearson's", arguments: TestDriver.allCases)
    func met(driver: TestDriver) async throws {
        try await TestControlPlane(driver).test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 22))
            for job in jobs { try await client.end(job, outputs: [.miss(9)]) }
            let study = try await client.verdicts(batchID)
            #expect(study.batchID == batchID && study.totalRuns == 22 && study.endedRuns == 22 && study.stopReason == nil)
            let verdict = try #require(study.verdicts.first)
            #expect(study.verdicts.count == 1 && verdict.verdict == .met && verdict.name == "near")
            #expect(verdict.runs == 22 && verdict.failures == 0 && verdict.missing == 0 && verdict.firstFailures == [])
            // Without a failure in n runs the bound is the n-th root of 1 − c.
            #expect(abs(verdict.lowerBound - 0.9006280202) < 1e-9 && verdict.upperBound == 1)
            #expect(verdict.statement == "miss_m < 10 m" && verdict.rule == "a fixed plan of 22 runs" && !verdict.isApproximate)
            #expect(verdict.explanation == "0 failures in 22 runs: at least 90.0628 % of all runs pass, with confidence 90 %")
        }
    }

    @Test("Half of the runs beyond the threshold are NOT MET, with the first failures by index")
    func notMet() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 22))
            for job in jobs { try await client.end(job, outputs: [.miss(job.runConfig.runIndex.isMultiple(of: 2) ? 10 : 9)]) }
            let verdict = try #require(try await client.verdicts(batchID).verdicts.first)
            #expect(verdict.verdict == .notMet && verdict.failures == 11 && verdict.firstFailures == Array(stride(from: 0, to: 22, by: 2)))
            #expect(verdict.upperBound < 0.9 && verdict.explanation.hasPrefix("11 failures in 22 runs: at most "))
        }
    }

    @Test("Too few runs leave it UNDECIDED and say how many would do")
    func undecided() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 21))
            let before = try #require(try await client.verdicts(batchID).verdicts.first)
            #expect(before.verdict == .undecided && before.runs == 0 && before.explanation == "no run has ended yet, from the first on")
            for job in jobs { try await client.end(job, outputs: [.miss(9)]) }
            let verdict = try #require(try await client.verdicts(batchID).verdicts.first)
            let needed = try #require(verdict.runsStillNeeded)
            #expect(verdict.verdict == .undecided && needed > 0)
            #expect(verdict.explanation.hasSuffix("of all runs pass; \(needed) further runs without a failure would decide it"))
            // What it says is so.
            _ = try await client.post("/batches/\(batchID)/extend", ExtensionRequest(runs: needed), as: BatchOverview.self)
            for job in try await client.claim(slots: needed).jobs { try await client.end(job, outputs: [.miss(9)]) }
            let after = try #require(try await client.verdicts(batchID).verdicts.first)
            #expect(after.verdict == .met && after.runs == 21 + needed)
        }
    }

    @Test("Runs without an answer count against MET, and it is said that they do")
    func missing() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 22))
            for job in jobs {
                switch job.runConfig.runIndex {
                case 3: try await client.end(job, .failure, outputs: [.miss(1)])
                default: try await client.end(job, outputs: [.miss(9)])
                }
            }
            let verdict = try #require(try await client.verdicts(batchID).verdicts.first)
            #expect(verdict.verdict == .undecided && verdict.failures == 0 && verdict.missing == 1 && verdict.firstFailures == [])
            #expect(verdict.explanation.hasSuffix("; it would be MET if the 1 missing run passed"))
        }
    }

    @Test(
        "An output that a run lacks, or that is not finite, or comes from a runner that sends none, is no answer",
        arguments: [[RunOutput](), [.miss(nil)], [RunOutput(name: "other", value: 1)], nil])
    func noOutput(_ outputs: [RunOutput]?) async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 22))
            for job in jobs { try await client.end(job, outputs: job.runConfig.runIndex == 0 ? outputs : [.miss(9)]) }
            let verdict = try #require(try await client.verdicts(batchID).verdicts.first)
            #expect(verdict.verdict == .undecided && verdict.missing == 1 && verdict.runs == 22)
        }
    }

    @Test("A run that a condition killed fails what is asked of it, whatever its outputs say")
    func breached() async throws {
        try await TestControlPlane().test { client in
            let requirements: [RequirementSpec] = [
                .near, .whole, RequirementSpec(name: "aloft", noBreach: "crash", probability: 0.9),
            ]
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 30, by: requirements))
            for job in jobs {
                switch job.runConfig.runIndex {
                case 4: try await client.end(job, .breach, outputs: [.miss(1)], breach: "crash", simTime: 5)
                case 5: try await client.end(job, .breach, outputs: [.miss(1)], breach: "heat", simTime: 6)
                default: try await client.end(job, outputs: [.miss(9)])
                }
            }
            let verdicts = try await client.verdicts(batchID).verdicts
            #expect(verdicts.map(\.name) == ["near", "whole", "aloft"])
            #expect(verdicts.map(\.failures) == [2, 2, 1] && verdicts.map(\.missing) == [0, 0, 1])
            #expect(verdicts.map(\.firstFailures) == [[4, 5], [4, 5], [4]])
        }
    }

    @Test("A batch that a user cancelled is judged by what had ended, by a rule that allows for it")
    func cancelled() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 100), claiming: 30)
            for job in jobs.prefix(25) { try await client.end(job, outputs: [.miss(9)]) }
            _ = try await client.post("/batches/\(batchID)/cancel", as: BatchOverview.self)
            for job in jobs.dropFirst(25) { try await client.end(job, .cancelled, outputs: []) }
            let study = try await client.verdicts(batchID)
            let verdict = try #require(study.verdicts.first)
            #expect(study.endedRuns == 25 && verdict.runs == 25 && verdict.failures == 0 && verdict.missing == 0)
            #expect(verdict.rule == "an e-process, valid at every look")
        }
    }

    @Test("A design's runs are not independent, and its verdict says so", arguments: [SamplingMethod.latinHypercube, .sobol])
    func approximate(method: SamplingMethod) async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 22, method: method))
            for job in jobs { try await client.end(job, outputs: [.miss(9)]) }
            let verdict = try #require(try await client.verdicts(batchID).verdicts.first)
            #expect(verdict.verdict == .met && verdict.isApproximate)
        }
    }

    @Test("What is stored is judged by other requirements, and the batch stays as it is")
    func evaluate() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 22, by: nil))
            for job in jobs { try await client.end(job, outputs: [.miss(Double(job.runConfig.runIndex))]) }
            #expect(try await client.verdicts(batchID).verdicts == [])
            let path = "/batches/\(batchID)/evaluate"
            var strict = RequirementSpec.near
            strict.threshold = 5
            var mild = RequirementSpec.near
            (mild.name, mild.threshold) = ("mild", 22)
            let study: StudyVerdicts = try await client.post(path, Requirements(requirements: [strict, mild]))
            #expect(study.verdicts.map(\.failures) == [17, 0] && study.verdicts.map(\.verdict) == [.notMet, .undecided])
            let alone: StudyVerdicts = try await client.post(path, Requirements(requirements: [mild]))
            #expect(alone.verdicts.map(\.verdict) == [.met])
            #expect(try await client.verdicts(batchID).verdicts == [])
        }
    }

    @Test("Requirements that cannot be judged are refused by the name of the field")
    func refused() async throws {
        try await TestControlPlane().test { client in
            let (batchID, _) = try await client.judged(TestLedger.judged(runs: 1))
            let path = "/batches/\(batchID)/evaluate"
            var unknown = RequirementSpec.near
            (unknown.name, unknown.output) = ("far", "mis_m")
            var problem = try await client.problem(.post, path, Requirements(requirements: [.near, unknown]), status: 422)
            #expect(problem.errors == [.init(field: "requirements[1]", detail: "'mis_m' is not an output of the batch; did you mean 'miss_m'?")])
            var certain = RequirementSpec.near
            certain.probability = 1
            problem = try await client.problem(.post, path, Requirements(requirements: [certain]), status: 422)
            #expect(problem.errors?.map(\.field) == ["requirements[0].probability"])
            problem = try await client.problem(.post, path, ["requirement": [Int]()], status: 422)
            #expect(problem.errors?.contains { $0.field == "requirement" } == true)
            _ = try await client.problem(.post, path, [1], status: 400)
            _ = try await client.problem(.post, "/batches/nowhere/evaluate", Requirements(requirements: [.near]), status: 404)
            _ = try await client.problem(.get, "/batches/nowhere/verdicts", status: 404)
        }
    }
}
