import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("Warm runs checked by cold ones", .timeLimit(.minutes(5)))
struct WarmCheckTests {
    private static let options = "warm_prove_after: 0, warm_check_every: 2, warm_check_ignore: took_s"

    @Test("A run that is checked and left the same is as if it had not been checked")
    func same() async throws {
        let served = try await WarmStudy(
            """
            tell("run", run, warm, "TETRYX_TELEMETRY_URL" in os.environ)
            open(output + "/data", "w").write("x" * 1000000)
            with open(output + "/summary.json", "w") as file:
                json.dump({"took_s": time.time(), "run": run, "nan": float("nan"), "deep": [{"took_s": os.getpid()}]}, file)
            print("here")
            """, runs: 4, options: Self.options)
        try await served.becomeReady()
        let document = try await served.run()
        #expect(document.results.allSatisfy { $0.success && $0.metadata.warnings == ["summary.json: nan is NaN"] })
        #expect(document.results.allSatisfy { $0.artifacts.map(\.path) == ["data", "summary.json"] })
        let directory = try #require(try document.result(1).metadata.directory)
        let left = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(left.filter { $0 != "tmp" } == ["output", "run_config.json", "stderr.log", "stdout.log"])
        _ = try await served.end()
        #expect(
            served.study.events.drain() == [
                "run 0 False True", "run 0 True True", "run 1 True True", "run 1 False True", "run 2 True True", "run 3 True True",
                "run 3 False True",
            ])
    }

    @Test("What fresh processes leave otherwise among themselves is no difference, also where the proof could not know")
    func chance() async throws {
        let served = try await WarmStudy(
            """
            with open(output + "/summary.json", "w") as file:
                json.dump({"at": time.time_ns() if run else 0, "run": run}, file)
            """, runs: 4, options: Self.options)
        try await served.becomeReady()
        let document = try await served.run()
        #expect(document.results.allSatisfy { $0.success && $0.metadata.warnings.isEmpty })
        #expect(try await served.shown { $0.jobsStarted == 4 }.state == .ready)
        _ = try await served.end()
    }

    @Test("A run that left something else cold keeps the cold files and warns; the proof is withdrawn, also for later runners")
    func different() async throws {
        var served = try await WarmStudy(
            "open(output + \"/data\", \"w\").write(str(warm and run > 0))\ntell(run, warm)", runs: 4, options: Self.options)
        try await served.becomeReady()
        let document = try await served.run()
        #expect(document.batch.status == .completed)
        let contents = try (0..<4).map { try String(contentsOfFile: document.result($0).outputFile("data"), encoding: .utf8) }
        #expect(contents == ["False", "False", "False", "False"])
        let warnings = try document.result(1).metadata.warnings
        #expect(warnings.count == 1 && warnings[0].hasPrefix("warm workers: data differs after a warm start"))
        let off = try await served.shown { $0.state == .off }
        #expect(off.message?.contains("differed from its warm start: data") == true && off.pid == nil)
        try await served.restartRunner()
        #expect(try await served.settled().message == off.message)
        _ = try await served.run(1)
        #expect(served.study.events.drain().last == "0 False")
        #expect(try await served.end().count { $0.contains("are started cold from now on") } == 1)
    }

    @Test("A check that is under way when its job is cancelled ends at once")
    func cancelledCheck() async throws {
        let served = try await WarmStudy(
            "if run > 0 and not warm and not proof:\n    tell(\"cold\")\n    spawn(\"setsid\", \"sleep\", \"1000\")\n    wait()", runs: 2,
            options: Self.options)
        try await served.becomeReady()
        let batch = try await served.server.submit()
        try await served.study.events.expect("cold")
        #expect(try await served.server.ask("cancel", batch).exitCode == 0)
        #expect(await served.study.lifeline.ended())
        _ = try await served.end()
        #expect(Simulations.running(below: served.study.outputRoot).isEmpty)
    }
}
