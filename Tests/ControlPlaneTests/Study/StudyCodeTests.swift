import Hummingbird
import HummingbirdTesting
import LynxModel
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The code that two studies were made with", .timeLimit(.minutes(5)))
struct StudyCodeTests {
    private static let before = Provenance(hostVersion: "1.0", engineSHA256: "aa", files: ["entrypoint": "11", "executable": "99"])

    private static func changed(_ change: (inout Provenance) -> Void) -> Provenance {
        var provenance = before
        change(&provenance)
        return provenance
    }

    /// A batch of four runs, each made with the code that its index is given.
    private func study(_ client: any TestClientProtocol, _ provenance: (Int) -> Provenance?) async throws -> String {
        let (batchID, jobs) = try await client.judged(TestLedger.judged(runs: 4))
        for job in jobs {
            var report = TestLedger.report(job, outputs: [.miss(1)])
            report.result.metadata.provenance = provenance(job.runConfig.runIndex)
            try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/result", report)
        }
        return batchID
    }

    private func code(_ client: any TestClientProtocol, _ first: String, _ second: String) async throws -> CodeComparison {
        try #require(try await client.get("/batches/\(first)/compare/\(second)", as: StudyComparison.self).code)
    }

    @Test("What differs is told by part, and nothing of what is the same")
    func differences() async throws {
        try await TestControlPlane().test { client in
            let before = try await study(client) { _ in Self.before }
            let same = try await study(client) { _ in Self.before }
            let after = try await study(client) { _ in
                Self.changed {
                    $0.hostVersion = "1.1"
                    $0.files["entrypoint"] = "22"
                }
            }
            #expect(try await code(client, before, same) == CodeComparison(differences: [], firstUnknown: 0, secondUnknown: 0))
            let found = try await code(client, before, after)
            #expect(
                found.differences == [
                    CodeDifference(part: "entrypoint", first: [.init(value: "11", runs: 4)], second: [.init(value: "22", runs: 4)]),
                    CodeDifference(part: "host version", first: [.init(value: "1.0", runs: 4)], second: [.init(value: "1.1", runs: 4)]),
                ])
            #expect(found.differences.allSatisfy { $0.isBetweenStudies })
        }
    }

    @Test("Runs of one batch that were not made with the same code are a difference, however the other batch was made")
    func mixed() async throws {
        try await TestControlPlane().test { client in
            let before = try await study(client) { _ in Self.before }
            let mixed = try await study(client) { run in run == 3 ? Self.changed { $0.engineSHA256 = "bb" } : Self.before }
            let difference = CodeDifference(
                part: "engine basilisk file", first: [.init(value: "aa", runs: 4)],
                second: [.init(value: "aa", runs: 3), .init(value: "bb", runs: 1)])
            #expect(try await code(client, before, mixed).differences == [difference])
            let itself = try await code(client, mixed, mixed)
            #expect(itself.differences.count == 1 && itself.differences[0].isBetweenStudies == false)
        }
    }

    @Test("Of runners that do not tell nothing is said but how many runs they made")
    func unknown() async throws {
        try await TestControlPlane().test { client in
            let before = try await study(client) { $0 == 0 ? Self.before : nil }
            let after = try await study(client) { _ in nil }
            let found = try await code(client, before, after)
            #expect(found == CodeComparison(differences: [], firstUnknown: 3, secondUnknown: 4))
            let fewer = try await study(client) { _ in Self.changed { $0.files["executable"] = nil } }
            #expect(try await code(client, before, fewer).differences.map(\.part) == ["executable"])
            let (empty, _) = try await client.judged(TestLedger.judged(runs: 1), claiming: 1)
            #expect(try await client.get("/batches/\(before)/compare/\(empty)", as: StudyComparison.self).code == nil)
        }
    }

    @Test("Results that say the same are counted by the database, those that were taken back or are to come are not", arguments: TestDriver.allCases)
    func databases(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(slots: 4)
        let batch = try await test.submit(runs: 5)
        for job in try await test.claim(slots: 4) {
            var report = TestLedger.report(job, outputs: [.miss(1)])
            report.result.metadata.provenance = job.runConfig.runIndex == 3 ? nil : Self.before
            report.result.metadata.simulationVersion = "1.0 \"é\" \\ {"
            try await test.ledger.ended(jobID: job.jobID, report)
        }
        let code = try await test.ledger.code(of: batch)
        let counts = Dictionary(uniqueKeysWithValues: code.origins.map { ($0.origin.provenance, $0.runs) })
        #expect(counts == [Self.before: 3, nil: 1] && code.unknownRuns == 1)
        #expect(code.origins.allSatisfy { $0.origin.simulationVersion == "1.0 \"é\" \\ {" && $0.origin.engineVersion == "2.5" })
    }
}
