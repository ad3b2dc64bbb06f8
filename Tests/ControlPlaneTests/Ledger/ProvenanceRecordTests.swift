import FoundationEssentials
import LynxModel
import Support
import Testing

@testable import ControlPlane

@Suite("Records that the provenance of results refers to")
struct ProvenanceRecordTests {
    private func record(_ text: String) -> ProvenanceRecord {
        ProvenanceRecord(sha256: SHA256.hash(Array(text.utf8)).hexadecimal, text: text)
    }

    @Test("They are kept once for a batch, also if many runs bring them, and are found by their hash", arguments: TestDriver.allCases)
    func kept(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let batch = try await test.submit(runs: 2)
        let record = record("numpy==2.0.1\nscipy==1.17.1\n")
        for _ in 0..<2 {
            let job = try #require(try await test.claim().first)
            var report = TestLedger.report(job, .success)
            report.records = [record]
            try await test.ledger.ended(jobID: job.jobID, report)
        }
        #expect(try await test.ledger.provenanceRecord(record.sha256, of: batch) == record)
        await #expect(throws: LedgerError.self) { try await test.ledger.provenanceRecord(record.sha256, of: "20260101T000000-00000000") }
        let other = self.record("other").sha256
        await #expect { try await test.ledger.provenanceRecord(other, of: batch) } throws: { ($0 as? Problem)?.status == 404 }
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("One whose hash is not its text's, that is too long, or one too many is refused, and the field is named")
    func refused() throws {
        let run = RunConfiguration(
            jobID: "b-0", batchID: "b", runIndex: 0, seed: 1, simulation: SimulationSpec(name: "s", version: "", type: "t"),
            parameters: [:], units: [:])
        let job = JobAssignment(
            jobID: "b-0", batchID: "b", attempt: 1, timeoutSecs: 1, runConfig: run, earlyTermination: .init(), telemetry: .init())
        func problem(_ records: [ProvenanceRecord]) -> String? {
            var report = TestLedger.report(job, .success)
            report.records = records
            do { try report.checkRecords(as: "") } catch { return (error as? Problem)?.detail ?? "\(error)" }
            return nil
        }
        #expect(problem([record("a\n")]) == nil)
        #expect(problem([ProvenanceRecord(sha256: "00", text: "a\n")])?.contains("records[0].sha256") == true)
        #expect(problem([record(String(repeating: "x", count: 300_000))])?.contains("records[0].text") == true)
        #expect(problem([record("a\0b")])?.contains("records[0].text") == true)
        #expect(problem(Array(repeating: record("a\n"), count: 9))?.contains("records") == true)
    }
}
