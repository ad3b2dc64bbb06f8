import HTTPTypes
import HummingbirdTesting
import LynxModel
import NIOCore
import Testing

@testable import ControlPlane

@Suite("Batches with a nominal run", .timeLimit(.minutes(5)))
struct NominalRunTests {
    @Test("It is claimed after the sample, told as nominal, and left out of statistics, verdicts and drivers")
    func nominal() async throws {
        try await TestControlPlane().test { client in
            var submission = TestLedger.judged(runs: 30)
            submission.config.monteCarlo.nominal = true
            submission.config.dispersions = ["x": Dispersion(distribution: .uniform(min: 0, max: 1), nominal: .number(0.25))]
            let (batchID, jobs) = try await client.judged(submission)
            #expect(jobs.count == 31)
            #expect(jobs.filter { $0.runConfig.nominal == true }.map(\.runConfig.runIndex) == [30])
            #expect(jobs.last?.runConfig.parameters == ["x": .number(0.25)])
            // The nominal run alone fails.
            for job in jobs { try await client.end(job, outputs: [.miss(job.runConfig.nominal == true ? 1000 : 1)]) }
            let overview: BatchOverview = try await client.get("/batches/\(batchID)")
            #expect(overview.batch.status == .completed && overview.batch.totalJobs == 31)
            let statistics: StudyStatistics = try await client.get("/batches/\(batchID)/statistics")
            #expect(statistics.totalRuns == 30 && statistics.endedRuns == 30)
            #expect(statistics.outputs.first?.count == 30 && statistics.outputs.first?.max == 1)
            let verdicts = try await client.verdicts(batchID)
            #expect(verdicts.totalRuns == 30 && verdicts.verdicts.first?.runs == 30 && verdicts.verdicts.first?.verdict == .met)
            let _: StudyDrivers = try await client.get("/batches/\(batchID)/drivers")
            let table = try await client.call(.get, "/batches/\(batchID)/table?columns=run,parameters.x,outputs.miss_m")
            let text = String(buffer: table.body)
            #expect(table.status == .ok && text.contains("1000") && text.contains("0.25"))
            #expect(overview.nominalRun == 30 && overview.sampleRuns == 30)
            let marked = try await client.call(.get, "/batches/\(batchID)/table?columns=run,nominal&where=nominal%20%3D%20true")
            #expect(String(buffer: marked.body).contains("[[30,true]]"), "\(String(buffer: marked.body))")
        }
    }

    @Test("A batch without one has no column for it, and its overview names none")
    func without() async throws {
        try await TestControlPlane().test { client in
            let (batchID, _) = try await client.judged(TestLedger.judged(runs: 3))
            let overview: BatchOverview = try await client.get("/batches/\(batchID)")
            #expect(overview.nominalRun == nil && overview.sampleRuns == 3)
            #expect(try await client.call(.get, "/batches/\(batchID)/table?columns=nominal").status == .badRequest)
        }
    }

    @Test("It cannot be extended, as its nominal run is the last")
    func extended() async throws {
        let test = try TestLedger(.sqlite)
        var submission = TestLedger.judged(runs: 3)
        submission.config.monteCarlo.nominal = true
        let batch = try await test.ledger.submit(submission).batchID
        let error = await #expect(throws: LedgerError.self) { _ = try await test.ledger.extend(batchID: batch, by: 2) }
        #expect(error.map { "\($0)" }?.contains("nominal") == true)
    }
}
