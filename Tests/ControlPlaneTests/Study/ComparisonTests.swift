import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Two studies side by side", .timeLimit(.minutes(5)))
struct ComparisonTests {
    /// A batch whose runs have ended with the values that their indices are given; nil: the simulation failed.
    private func study(_ client: any TestClientProtocol, _ submission: BatchSubmission, _ miss: (Int) -> Double?) async throws -> String {
        let (batchID, jobs) = try await client.judged(submission)
        for job in jobs {
            let value = miss(job.runConfig.runIndex)
            try await client.end(job, value == nil ? .failure : .success, outputs: value.map { [.miss($0)] } ?? [])
        }
        return batchID
    }

    @Test("Batches of one seed are compared run by run: who newly fails, who newly passes, and by how much outputs changed")
    func paired() async throws {
        try await TestControlPlane().test { client in
            let before = try await study(client, TestLedger.judged(runs: 20)) { $0 == 3 ? 11 : 5 }
            let after = try await study(client, TestLedger.judged(runs: 20)) { run in
                switch run {
                case 7, 9: 12
                case 11: nil
                default: 5
                }
            }
            let comparison: StudyComparison = try await client.get("/batches/\(before)/compare/\(after)")
            #expect(comparison.firstBatchID == before && comparison.secondBatchID == after)
            #expect(comparison.isPaired && comparison.unpairedReason == nil && comparison.pairs == 20 && comparison.hasRegression)
            let change = try #require(comparison.requirements.first)
            #expect(change.name == "near" && change.newlyFailing == [7, 9] && change.newlyPassing == [3])
            #expect(change.firstFailures == 1 && change.secondFailures == 2 && change.missing == 1)
            // McNemar's exact test of two against one.
            #expect(change.pValue == 1 && change.shareDifference == nil)
            let output = try #require(comparison.outputs.first)
            #expect(output.name == "miss_m" && output.units == "m" && output.pairs == 19 && output.changed == 3)
            #expect(output.largest == [.init(run: 7, first: 5, second: 12), .init(run: 9, first: 5, second: 12), .init(run: 3, first: 11, second: 5)])
            let mean = try #require(output.meanDifference?.value)
            #expect(abs(mean - 8.0 / 19) < 1e-12 && output.pValue == nil)
            let back: StudyComparison = try await client.get("/batches/\(after)/compare/\(before)")
            #expect(back.requirements.first?.newlyFailing == [3] && back.requirements.first?.newlyPassing == [7, 9])
        }
    }

    @Test("A study beside itself has changed in nothing")
    func same() async throws {
        try await TestControlPlane().test { client in
            let batch = try await study(client, TestLedger.judged(runs: 5)) { Double($0) }
            let comparison: StudyComparison = try await client.get("/batches/\(batch)/compare/\(batch)")
            #expect(comparison.isPaired && comparison.pairs == 5 && !comparison.hasRegression)
            #expect(comparison.outputs.map(\.changed) == [0] && comparison.outputs.map(\.largest) == [[]])
        }
    }

    @Test("Batches of different seeds are compared as two samples, and why is said")
    func unpaired() async throws {
        try await TestControlPlane().test { client in
            let before = try await study(client, TestLedger.judged(runs: 20, seed: 1)) { Double($0) / 10 }
            let after = try await study(client, TestLedger.judged(runs: 30, seed: 2)) { Double($0) }
            let comparison: StudyComparison = try await client.get("/batches/\(before)/compare/\(after)")
            #expect(!comparison.isPaired && comparison.unpairedReason == "the batches have different seeds" && comparison.pairs == 0)
            let change = try #require(comparison.requirements.first)
            #expect(change.firstFailures == 0 && change.firstRuns == 20 && change.secondFailures == 20 && change.secondRuns == 30)
            #expect(change.newlyFailing == [] && change.pValue == nil && change.isWorse && comparison.hasRegression)
            let difference = try #require(change.shareDifference)
            #expect(abs(try #require(difference.value) + 2.0 / 3) < 1e-12)
            #expect(try #require(difference.high) < -0.4)
            let output = try #require(comparison.outputs.first)
            // All of the first are below 2, as two of the thirty are.
            #expect(abs(try #require(output.distance) - 28.0 / 30) < 1e-12)
            #expect(try #require(output.pValue) < 1e-6)
            #expect(output.pairs == nil)
        }
    }

    @Test("A study none of whose runs has ended has nothing to differ in, on either side")
    func withoutRuns() async throws {
        try await TestControlPlane().test { client in
            let ended = try await study(client, TestLedger.judged(runs: 5, seed: 1)) { Double($0) }
            let waiting: BatchReceipt = try await client.post("/jobs", TestLedger.judged(runs: 5, seed: 2), status: .created)
            for (first, second) in [(ended, waiting.batchID), (waiting.batchID, ended), (waiting.batchID, waiting.batchID)] {
                let comparison: StudyComparison = try await client.get("/batches/\(first)/compare/\(second)")
                let change = try #require(comparison.requirements.first)
                #expect(change.shareDifference == nil && change.newlyFailing == [] && !comparison.hasRegression)
                #expect(comparison.outputs.allSatisfy { $0.distance == nil && $0.pValue == nil })
            }
        }
    }

    @Test("The same seed with other dispersions makes no pairs")
    func otherDispersions() async throws {
        try await TestControlPlane().test { client in
            let before = try await study(client, TestLedger.judged(runs: 3)) { _ in 1 }
            var wider = TestLedger.judged(runs: 3)
            wider.config.dispersions["mass"]?.distribution = .uniform(min: 1, max: 3)
            let drawn = try await study(client, wider) { _ in 1 }
            var more = TestLedger.judged(runs: 3)
            more.config.dispersions["drag"] = Dispersion(distribution: .uniform(min: 1, max: 3))
            let added = try await study(client, more) { _ in 1 }
            func reason(_ other: String) async throws -> String? {
                try await client.get("/batches/\(before)/compare/\(other)", as: StudyComparison.self).unpairedReason
            }
            #expect(try await reason(drawn) == "parameter 'mass' is drawn differently")
            #expect(try await reason(added) == "parameter 'drag' is in one of the batches only")
        }
    }

    @Test("Without requirements a run passes that completes")
    func withoutRequirements() async throws {
        try await TestControlPlane().test { client in
            let before = try await study(client, TestLedger.judged(runs: 4, by: nil)) { _ in 1 }
            let after = try await study(client, TestLedger.judged(runs: 4, by: nil)) { $0 == 2 ? nil : 1 }
            let comparison: StudyComparison = try await client.get("/batches/\(before)/compare/\(after)")
            #expect(comparison.requirements.map(\.name) == ["completes"] && comparison.requirements[0].newlyFailing == [2])
        }
    }

    @Test("Another tenant's batch is not there, on either side")
    func tenants() async throws {
        let plane = try GuardedControlPlane()
        let mine = try await plane.ledger.submit(TestLedger.judged(runs: 1), tenant: "lab").batchID
        let theirs = try await plane.ledger.submit(TestLedger.judged(runs: 1), tenant: "other").batchID
        let token = try await plane.token("lab", .submit)
        try await plane.test { client in
            #expect(try await client.call(.get, "/batches/\(mine)/compare/\(mine)", as: token).status == .ok)
            for path in [
                "/batches/\(mine)/compare/\(theirs)", "/batches/\(theirs)/compare/\(mine)", "/batches/\(theirs)/verdicts",
                "/batches/\(theirs)/analysis", "/batches/\(mine)/compare/nowhere",
            ] {
                _ = try await client.call(.get, path, as: token).problem(status: 404, of: path)
            }
            let requirements = Requirements(requirements: [.near])
            _ = try await client.call(.post, "/batches/\(theirs)/evaluate", as: token, requirements).problem(status: 404)
            _ = try await client.call(.post, "/batches/\(theirs)/extend", as: token, ExtensionRequest(runs: 1)).problem(status: 404)
        }
        #expect(try await plane.ledger.overview(batchID: theirs).batch.totalJobs == 1)
    }
}
