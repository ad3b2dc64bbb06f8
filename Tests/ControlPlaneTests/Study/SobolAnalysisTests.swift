import Hummingbird
import HummingbirdTesting
import LynxModel
import Statistics
import TestSupport
import Testing

@testable import ControlPlane

@Suite("Sobol' indices of a batch of Saltelli's design", .timeLimit(.minutes(5)))
struct SobolAnalysisTests {
    private static func submission(blocks: Int, secondOrder: Bool? = nil, method: SamplingMethod = .saltelli) -> BatchSubmission {
        let runs = blocks * ((secondOrder ?? false) ? 8 : 5)
        var submission = TestLedger.judged(runs: runs, by: nil, method: method)
        submission.config.outputs = nil
        submission.config.monteCarlo.secondOrder = secondOrder
        submission.config.dispersions = ["fixed": Dispersion(distribution: .constant(.number(3)))]
        for name in ["x0", "x1", "x2"] { submission.config.dispersions[name] = Dispersion(distribution: .uniform(min: 0, max: 1)) }
        return submission
    }

    private static func value(_ job: JobAssignment) -> Double {
        let x = ["x0", "x1", "x2"].map { job.runConfig.parameters[$0] }.map { if case .number(let x)? = $0 { x } else { Double.nan } }
        return 4 * x[0] + 2 * x[1] + 6 * (x[1] - 0.5) * (x[2] - 0.5)
    }

    @Test("They are those of the outputs by run index, in whatever order runs end, and constants have none", arguments: [false, true])
    func indices(secondOrder: Bool) async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(Self.submission(blocks: 32, secondOrder: secondOrder))
            for job in jobs.reversed() {
                try await client.end(job, outputs: [RunOutput(name: "y", value: Self.value(job)), RunOutput(name: "one", value: 1)])
            }
            let found: StudyDrivers = try await client.get("/batches/\(batchID)/drivers")
            #expect(found.drivers.map(\.output) == ["y"])
            let sobol = try #require(found.drivers.first?.sobol)
            #expect(sobol.blocks == 32 && sobol.incompleteBlocks == 0 && sobol.unfinishedBlocks == 0)
            let outputs = jobs.sorted { $0.runConfig.runIndex < $1.runConfig.runIndex }.map(Self.value)
            let expected = try SobolIndices(outputs: outputs, inputs: 3, secondOrder: secondOrder)
            #expect(sobol.parameters.map(\.parameter) == ["x0", "x1", "x2"])
            #expect(sobol.parameters.map(\.firstOrder.value) == expected.firstOrder.map(\.value))
            #expect(sobol.parameters.map(\.totalOrder.value) == expected.totalOrder.map(\.value))
            #expect(sobol.parameters.map(\.totalOrder.low) == expected.totalOrder.map { $0.interval?.lower })
            #expect(sobol.interactions.count == (secondOrder ? 3 : 0))
            if secondOrder { #expect(sobol.interactions.first?.parameters == ["x1", "x2"]) }
        }
    }

    @Test("A block with a run that gave nothing is left out and counted, and so is one that has not ended, apart from it")
    func missing() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await client.judged(Self.submission(blocks: 8))
            for job in jobs {
                switch job.runConfig.runIndex {
                // The first of blocks 1, 2 and 3.
                case 5: try await client.end(job, .failure, outputs: [])
                case 10: try await client.end(job, outputs: [RunOutput(name: "y", value: nil, note: "is NaN")])
                case 15: break
                default: try await client.end(job, outputs: [RunOutput(name: "y", value: Self.value(job))])
                }
            }
            let found: StudyDrivers = try await client.get("/batches/\(batchID)/drivers?output=y")
            let sobol = try #require(found.drivers.first?.sobol)
            #expect(sobol.blocks == 5 && sobol.incompleteBlocks == 2 && sobol.unfinishedBlocks == 1)
        }
    }

    @Test("A batch of another design has none, nor has one with fewer than two complete blocks")
    func none() async throws {
        try await TestControlPlane().test { client in
            for submission in [Self.submission(blocks: 2, method: .monteCarlo), Self.submission(blocks: 2)] {
                let (batchID, jobs) = try await client.judged(submission)
                for job in jobs where job.runConfig.runIndex != 0 {
                    try await client.end(job, outputs: [RunOutput(name: "y", value: Self.value(job))])
                }
                let found: StudyDrivers = try await client.get("/batches/\(batchID)/drivers")
                #expect(found.drivers.map(\.output) == ["y"] && found.drivers[0].sobol == nil)
                _ = try await client.call(.post, "/batches/\(batchID)/cancel")
            }
        }
    }
}
