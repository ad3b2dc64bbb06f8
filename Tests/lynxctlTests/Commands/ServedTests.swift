import Foundation
import Glibc
import LynxModel
import Testing

@Suite("With a control plane of its own", .timeLimit(.minutes(5)))
struct ServedTests {
    /// `lynxctl serve` on a free port, and the URL it says it listens on.
    private func serve(_ study: StudyFixture) async throws -> (server: Lynxctl, url: String) {
        // Through a pipe of the shell, so that its first line is an event.
        let shell = ["/bin/sh", "-c", "exec \"$0\" \"$@\" > '\(study.events.path)'"]
        let server = try Lynxctl.start(["serve", "--port", "0", "--database", "ledger/ledger.sqlite"], in: study.directory, through: shell)
        let line = try await study.events.expect("control plane listening on")[0]
        return (server, String(line.split(separator: " ").last!))
    }

    private func runner(_ study: StudyFixture, _ url: String) throws -> Process {
        let process = Process()
        process.executableURL = study.file("fake-runner")
        process.arguments = ["--config", study.file("runner.yaml").path, "--control-plane", url, "--parent-pid", "\(getpid())"]
        try process.run()
        return process
    }

    @Test("A batch is submitted, run by a runner, and read back, for people and for scripts")
    func wholeWalk() async throws {
        let study = try StudyFixture(runs: 3, runner: ["fail": "2"])
        let (server, url) = try await serve(study)
        func ask(_ arguments: String...) async throws -> Lynxctl.Output {
            try await Lynxctl.run(arguments, in: study.directory, environment: ["LYNX_CONTROL_PLANE_URL": url])
        }
        func decode<Value: Decodable>(_ type: Value.Type, _ output: Lynxctl.Output) throws -> Value {
            #expect(output.exitCode == 0, "\(output.standardError)")
            return try WireJSON.decode(type, from: Data(output.standardOutput.utf8))
        }

        let receipt = try decode(BatchReceipt.self, try await ask("submit", "batch.yaml", "--json"))
        #expect(receipt.totalJobs == 3)
        let pending = try decode(BatchOverview.self, try await ask("status", receipt.batchID, "--json"))
        #expect(pending.jobsByStatus == ["Pending": 3])
        #expect(try await ask("runners").standardOutput.hasPrefix("no runners"))

        let runner = try runner(study, url)
        let watched = try await ask("status", receipt.batchID, "--watch")
        #expect(watched.exitCode == 0)
        #expect(watched.standardOutput.contains("status     Failed"))
        #expect(watched.standardOutput.contains("jobs       3 (2 completed, 1 failed)"))

        let waited = try await ask("submit", "batch.yaml", "--wait", "--runs", "4", "--seed", "5")
        #expect(waited.exitCode == 1)
        #expect(waited.standardOutput.contains("3 completed, 1 failed of 4 jobs, 4 artifacts"))

        let failed = try decode([String: [Job]].self, try await ask("jobs", receipt.batchID, "--status", "failed", "--json"))["jobs"] ?? []
        #expect(failed.map(\.runConfig.runIndex) == [2])
        let jobs = try await ask("jobs", receipt.batchID)
        #expect(jobs.standardOutput.lines.count == 4)

        let table = try await ask("results", receipt.batchID)
        #expect(table.standardOutput.contains("run 2 failed on purpose"))
        let result = try decode(JobResult.self, try await ask("results", failed[0].jobID, "--json"))
        #expect(result.metadata.outcome == .failure)
        #expect(try await ask("results", failed[0].jobID).standardOutput.contains("summary.json"))
        #expect(try await ask("runners").standardOutput.contains("fake-runner"))
        #expect(try await ask("status").standardOutput.lines.count == 3)

        runner.terminate()
        try await study.events.expect("left")
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }

    @Test("Batches and jobs are cancelled by their ids, and an unknown id is told")
    func cancel() async throws {
        let study = try StudyFixture(runs: 3)
        let (server, url) = try await serve(study)
        func ask(_ arguments: String...) async throws -> Lynxctl.Output {
            try await Lynxctl.run(arguments + ["--control-plane", url], in: study.directory)
        }
        let submitted = try await ask("submit", "batch.yaml", "--json")
        let batch = try WireJSON.decode(BatchReceipt.self, from: Data(submitted.standardOutput.utf8)).batchID
        let listed = try await ask("jobs", batch, "--json")
        let jobs = try WireJSON.decode([String: [Job]].self, from: Data(listed.standardOutput.utf8))["jobs"] ?? []
        let first = try #require(jobs.first)
        #expect(try await ask("cancel", first.jobID).standardOutput == "job \(first.jobID): Cancelled\n")
        #expect(try await ask("cancel", batch).standardOutput == "batch \(batch): 3 jobs cancelled, 0 had completed\n")
        for command in ["cancel", "results"] {
            let unknown = try await ask(command, "no/such id")
            #expect(unknown.exitCode == 2)
            #expect(unknown.standardError.contains("there is no batch and no job 'no/such id' at \(url)"))
        }
        server.send(SIGINT)
        #expect(try await server.end().exitCode == 0)
    }
}
