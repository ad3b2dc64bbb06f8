import Foundation
import Glibc
import LynxModel
import Testing
import TestSupport

@Suite("With a control plane of its own", .timeLimit(.minutes(5)))
struct ServedTests {
    /// `lynxctl serve` on a free port, and the URL it says it listens on.
    private func serve(_ study: StudyFixture) async throws -> (server: Program, url: String) {
        let server = try Program.start(
            "lynxctl", ["serve", "--port", "0", "--database", "ledger/ledger.sqlite"], in: study.directory.path, output: study.events)
        let line = try await study.events.expect("control plane listening on")[0]
        return (server, String(line.split(separator: " ").last!))
    }

    private func runner(_ study: StudyFixture, _ url: String) throws -> Program {
        try Program.start(
            study.directory.file("fake-runner"),
            ["--config", study.directory.file("runner.yaml"), "--control-plane", url, "--parent-pid", "\(getpid())"])
    }

    @Test("A batch is submitted, run by a runner, and read back, for people and for scripts")
    func wholeWalk() async throws {
        let study = try StudyFixture(runs: 3, runner: ["fail": "2"])
        let (server, url) = try await serve(study)
        func ask(_ arguments: String...) async throws -> Program.End {
            try await study.lynxctl(arguments, environment: ["LYNX_CONTROL_PLANE_URL": url])
        }
        func decode<Value: Decodable>(_ type: Value.Type, _ end: Program.End) throws -> Value {
            #expect(end.exitCode == 0, "\(end.errors)")
            return try WireJSON.decode(type, from: Data(end.output.utf8))
        }

        let receipt = try decode(BatchReceipt.self, try await ask("submit", "batch.yaml", "--json"))
        #expect(receipt.totalJobs == 3)
        let pending = try decode(BatchOverview.self, try await ask("status", receipt.batchID, "--json"))
        #expect(pending.jobsByStatus == ["Pending": 3])
        #expect(try await ask("runners").output.hasPrefix("no runners"))

        let runner = try runner(study, url)
        let watched = try await ask("status", receipt.batchID, "--watch")
        #expect(watched.exitCode == 0)
        #expect(watched.output.contains("status     Failed"))
        #expect(watched.output.contains("jobs       3 (2 completed, 1 failed)"))

        let waited = try await ask("submit", "batch.yaml", "--wait", "--runs", "4", "--seed", "5")
        #expect(waited.exitCode == 1)
        #expect(waited.output.contains("3 completed, 1 failed of 4 jobs, 4 artifacts"))

        let failed = try decode([String: [Job]].self, try await ask("jobs", receipt.batchID, "--status", "failed", "--json"))["jobs"] ?? []
        #expect(failed.map(\.runConfig.runIndex) == [2])
        let jobs = try await ask("jobs", receipt.batchID)
        #expect(jobs.outputLines.count == 4)

        let table = try await ask("results", receipt.batchID)
        #expect(table.output.contains("run 2 failed on purpose"))
        let result = try decode(JobResult.self, try await ask("results", failed[0].jobID, "--json"))
        #expect(result.metadata.outcome == .failure)
        #expect(try await ask("results", failed[0].jobID).output.contains("summary.json"))
        #expect(try await ask("runners").output.contains("fake-runner"))
        #expect(try await ask("status").outputLines.count == 3)

        runner.send(SIGTERM)
        try await study.events.expect("left")
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }

    @Test("Batches and jobs are cancelled by their ids, and an unknown id is told")
    func cancel() async throws {
        let study = try StudyFixture(runs: 3)
        let (server, url) = try await serve(study)
        func ask(_ arguments: String...) async throws -> Program.End {
            try await study.lynxctl(arguments + ["--control-plane", url])
        }
        let submitted = try await ask("submit", "batch.yaml", "--json")
        let batch = try WireJSON.decode(BatchReceipt.self, from: Data(submitted.output.utf8)).batchID
        let listed = try await ask("jobs", batch, "--json")
        let jobs = try WireJSON.decode([String: [Job]].self, from: Data(listed.output.utf8))["jobs"] ?? []
        let first = try #require(jobs.first)
        #expect(try await ask("cancel", first.jobID).output == "job \(first.jobID): Cancelled\n")
        #expect(try await ask("cancel", batch).output == "batch \(batch): 3 jobs cancelled, 0 had completed\n")
        for command in ["cancel", "results"] {
            let unknown = try await ask(command, "no/such id")
            #expect(unknown.exitCode == 2)
            #expect(unknown.errors.contains("there is no batch and no job 'no/such id' at \(url)"))
        }
        server.send(SIGINT)
        #expect(try await server.end().exitCode == 0)
    }
}
