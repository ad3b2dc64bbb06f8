import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("An engine that misbehaves in a process of its own, which is the default for one that does not come with the host", .timeLimit(.minutes(10)))
struct IsolatedEngineTests {
    private static let defects = [
        "launch_aborts", "prepare_segfaults", "reap_corrupts", "collect_exits", "launch_closes", "launch_forks", "launch_kills_parent",
    ]

    /// A runner with two engines in C that misbehave on demand.
    private func study(slots: Int) async throws -> StudyFixture {
        let study = try StudyFixture("", runs: 1, slots: slots)
        _ = try await EngineCompiler.fault(in: study.directory)
        _ = try await EngineCompiler.fault(in: study.directory, as: "libHealthy.so", id: "healthy")
        let configuration = try study.directory.read("runner.yaml").replacing("engines: [basilisk]", with: "engines: [fault, healthy]")
        try study.directory.write("runner.yaml", configuration + "engine_path: [\(study.directory.path)]\n")
        return study
    }

    private func submit(_ fault: String, type: String, runs: Int, _ study: StudyFixture, _ server: ControlPlaneServer) async throws -> String {
        let name = "\(fault)-\(runs).yaml"
        try study.directory.write(
            name,
            """
            name: \(fault)
            config:
              simulation: {name: fault, type: \(type)}
              monte_carlo: {runs: \(runs), seed: 7}
              dispersions:
                fault: {distribution: {type: constant, value: \(fault)}, units: none}
            """)
        let end = try await server.ask("submit", name)
        return try WireJSON.decode(BatchReceipt.self, from: Data(end.output.utf8)).batchID
    }

    @Test("200 of 200 healthy jobs beside it complete on the same runner, and its own are given up after the losses that a job may have")
    func healthyJobs() async throws {
        let study = try await study(slots: 4)
        let server = try await ControlPlaneServer.start(study)
        let healthy = try await submit("none", type: "healthy", runs: 200, study, server)
        var faulty: [String] = []
        for defect in Self.defects { faulty.append(try await submit(defect, type: "fault", runs: 1, study, server)) }
        let runner = try server.startRunner()
        let jobs = try await server.jobs(of: healthy) { $0.allSatisfy(\.status.isTerminal) }
        #expect(jobs.count == 200 && jobs.allSatisfy { $0.status == .completed && $0.retries == 0 && $0.lostAttempts == 0 })
        // Its own have been lost at least once each by the time that one of them is given up.
        let first = try await server.jobs(of: faulty[0]) { $0.allSatisfy { $0.lostAttempts > 0 } }
        #expect(first.allSatisfy { $0.retries == 0 })
        runner.send(SIGTERM)
        let end = try await runner.end()
        #expect(end.exitCode == 0, "\(end.errors)")
        let lines = end.errorLines.filter { $0.contains("engine process ended") }
        #expect(!lines.isEmpty && lines.allSatisfy { $0.contains("engine=fault") && $0.contains("reason=") }, "\(end.errors)")
        #expect(Simulations.running(below: study.outputRoot).isEmpty)
    }

    @Test("Jobs that were lost with its process are done by the next one, without spending retries")
    func lostAndDone() async throws {
        let study = try await study(slots: 3)
        let server = try await ControlPlaneServer.start(study)
        let waiting = try await submit("waits_and_fails", type: "fault", runs: 2, study, server)
        let runner = try server.startRunner()
        _ = try await server.jobs(of: waiting) { $0.allSatisfy { $0.status == .running } && Simulations.running(below: study.outputRoot).count >= 2 }
        let poison = try await submit("launch_aborts", type: "fault", runs: 1, study, server)
        _ = try await server.jobs(of: waiting) { $0.allSatisfy { $0.lostAttempts > 0 } }
        _ = try await server.ask("cancel", poison)
        // Jobs that were lost often run one at a time.
        let again = try await server.jobs(of: waiting) {
            $0.contains { $0.status == .running } && !Simulations.running(below: study.outputRoot).isEmpty
        }
        #expect(again.allSatisfy { $0.retries == 0 && !$0.status.isTerminal } && again.contains { $0.attempt > 1 })
        _ = try await server.ask("cancel", waiting)
        runner.send(SIGTERM)
        _ = try await runner.end()
    }

    @Test("A host that is killed leaves neither the engine's process nor its simulations")
    func hostKilled() async throws {
        let study = try await study(slots: 2)
        let server = try await ControlPlaneServer.start(study)
        let batch = try await submit("sleeps", type: "fault", runs: 2, study, server)
        let runner = try server.startRunner()
        _ = try await server.jobs(of: batch) { $0.allSatisfy { $0.status == .running } && Simulations.running(below: study.outputRoot).count >= 2 }
        let workers = Self.workers(of: study)
        #expect(workers.count == 2)
        runner.send(SIGKILL)
        _ = try await runner.end()
        while !Self.workers(of: study).isEmpty || !Simulations.running(below: study.outputRoot).isEmpty {
            try await Task.sleep(for: .milliseconds(10))
        }
        #expect(Self.workers(of: study).isEmpty)
    }

    /// The pids of the processes that run the study's engines.
    private static func workers(of study: StudyFixture) -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { pid in
            let words = (FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()).split(separator: 0).map {
                String(decoding: $0, as: UTF8.self)
            }
            return words.count == 3 && words[1] == "engine-worker" && words[2].hasPrefix(study.directory.path)
        }
    }
}
