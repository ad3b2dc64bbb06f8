import Foundation
import Glibc
import LynxCLI
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
        #expect(pending.unroutable == "no runner is registered")
        #expect(try await ask("status", receipt.batchID).output.contains("waiting    no runner is registered\n"))
        #expect(try await ask("jobs", receipt.batchID).outputLines.filter { $0.hasSuffix("no runner is registered") }.count == 3)

        let errors = try EventPipe(study.directory.file("watch"))
        let watch = try Program.start(
            "lynxctl", ["status", receipt.batchID, "--watch", "--control-plane", url], in: study.directory.path, errors: errors)
        try await errors.expect("its waiting jobs can't be run: no runner is registered")
        let runner = try runner(study, url)
        let watched = try await watch.end()
        #expect(watched.exitCode == 0)
        #expect(errors.drain().filter { $0.contains("can't be run") }.count == 1)
        #expect(watched.output.contains("status     Failed"))
        #expect(watched.output.contains("jobs       3 (2 completed, 1 failed)"))

        let waited = try await ask("submit", "batch.yaml", "--wait", "--runs", "4", "--seed", "5")
        #expect(waited.exitCode == 1)
        #expect(waited.output.contains("3 completed, 1 failed of 4 jobs, 4 artifacts"))

        let arrow = try await ask("results", receipt.batchID, "--arrow", "runs.arrows")
        #expect(arrow.exitCode == 0 && arrow.output.isEmpty && arrow.errors.isEmpty)
        let bytes = try Data(contentsOf: URL(filePath: study.directory.file("runs.arrows")))
        #expect(bytes.starts(with: [0xFF, 0xFF, 0xFF, 0xFF]) && bytes.suffix(8).elementsEqual([0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0, 0]))
        #expect(try await ask("results", receipt.batchID, "--arrow", "/nowhere/runs.arrows").exitCode != 0)
        #expect(try await ask("results", "\(receipt.batchID)-0", "--arrow", "runs.arrows").errors.contains("is a job; --arrow writes the runs of a batch"))
        #expect(try await ask("results", receipt.batchID, "--arrow", "runs.arrows", "--json").exitCode == 2)

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

    @Test("A batch is waited for, and what failed is retried; a drained runner takes nothing until it is resumed")
    func operate() async throws {
        let study = try StudyFixture(runs: 3, runner: ["fail": "2"])
        let (server, url) = try await serve(study)
        func ask(_ arguments: String...) async throws -> Program.End {
            try await study.lynxctl(arguments + ["--control-plane", url])
        }
        func submit(_ arguments: String...) async throws -> String {
            let end = try await study.lynxctl(["submit", "batch.yaml", "--json", "--control-plane", url] + arguments)
            return try WireJSON.decode(BatchReceipt.self, from: Data(end.output.utf8)).batchID
        }
        let runner = try runner(study, url)
        try await study.events.expect("registered")
        let failing = try await submit()
        let waited = try await ask("wait", failing, "--junit", "jobs.xml")
        #expect(waited.exitCode == 1)
        #expect(waited.output.contains("2 completed, 1 failed of 3 jobs"))
        #expect(try study.directory.read("jobs.xml").contains(#"failures="1""#))
        #expect(try await ask("retry", failing).output == "batch \(failing): 1 job queued again\n")
        #expect(try await ask("wait", failing).exitCode == 1)
        let attempts = try WireJSON.decode([String: [Job]].self, from: Data(try await ask("jobs", failing, "--json").output.utf8))["jobs"]?.map(\.attempt)
        #expect(attempts == [1, 1, 2])

        #expect(try await ask("runner", "drain", "fake-runner").output.contains("takes no more jobs"))
        #expect(try await ask("runners").output.contains("Maintenance"))
        let waiting = try await submit("--runs", "2")
        #expect(try await ask("status", waiting).output.contains("2 pending"))
        #expect(try await ask("runner", "resume", "fake-runner").output == "runner fake-runner takes jobs again\n")
        #expect(try await ask("wait", waiting).exitCode == 0)
        #expect(try await ask("runner", "drain", "no/such").exitCode == 2)
        #expect(try await ask("wait", "no/such").exitCode == 2)

        runner.send(SIGTERM)
        try await study.events.expect("left")
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }

    @Test("Processes that its engines keep are shown with a runner, and why there are none any more") func warmWorkers() async throws {
        let study = try StudyFixture(runs: 1)
        let (server, url) = try await serve(study)
        try await APIClient.with(baseURL: url) { api in
            let capabilities = RunnerCapabilities(
                maxConcurrentJobs: 1, cpuCores: 1, memoryGB: 1, gpuAvailable: false, supportedSimulationTypes: ["fake"])
            for (id, workers) in [
                ("r1", [WarmWorker(entrypoint: "/lab/a.py", state: .ready, pid: 4711, rssBytes: 87 << 20, jobsStarted: 412)]),
                ("r2", [WarmWorker(entrypoint: "/lab/a.py", state: .starting)]),
                ("r3", [WarmWorker(entrypoint: "/lab/a.py", state: .off, jobsStarted: 1, message: "its imports start threads")]),
                ("r4", []),
            ] {
                let registration = RegisterRequest(
                    runnerID: id, sessionID: "1", name: id, version: "0", capabilities: capabilities,
                    engines: [RunnerEngine(id: "basilisk", version: "1.0.0", warmWorkers: workers)])
                _ = try await api.call(.register, body: registration)
            }
        }
        let shown = try await study.lynxctl(["runners", "--control-plane", url]).outputLines
        #expect(shown.count == 6)
        #expect(shown[1].contains("  basilisk 1.0.0  ready (pid 4711, 87 MiB, 412 jobs)  fake"))
        #expect(shown[2].contains("  basilisk 1.0.0  starting (0 jobs)"))
        #expect(shown[3].contains("  basilisk 1.0.0  off (1 job)"))
        #expect(shown[5] == "r3 starts jobs of /lab/a.py cold: its imports start threads")
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }

    @Test("A runner in quarantine is shown with the reason") func quarantine() async throws {
        let study = try StudyFixture(runs: 1)
        let (server, url) = try await serve(study)
        let submitted = try await study.lynxctl(["submit", "batch.yaml", "--runs", "3", "--control-plane", url])
        #expect(submitted.exitCode == 0)
        try await APIClient.with(baseURL: url) { api in
            // Each time it comes back without what it had.
            for session in 0...5 {
                let capabilities = RunnerCapabilities(
                    maxConcurrentJobs: 1, cpuCores: 1, memoryGB: 1, gpuAvailable: false, supportedSimulationTypes: ["fake"])
                let registration = RegisterRequest(
                    runnerID: "r1", sessionID: "\(session)", name: "bench", version: "0", capabilities: capabilities, engines: [])
                _ = try await api.call(.register, body: registration)
                let claim = ClaimRequest(runnerID: "r1", sessionID: "\(session)", slots: 1, waitSeconds: 0)
                _ = try await api.call(.claim, body: claim)
            }
        }
        let runners = try await study.lynxctl(["runners", "--control-plane", url])
        #expect(runners.output.contains("Maintenance"))
        #expect(runners.outputLines.last?.hasPrefix("r1 is in quarantine since ") == true, "\(runners.output)")
        #expect(runners.outputLines.last?.contains(": 5 incidents in a row; the last: ") == true)
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
