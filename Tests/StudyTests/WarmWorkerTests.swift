import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("Warm workers", .timeLimit(.minutes(5)))
struct WarmWorkerTests {
    /// Sets `warm`: whether this process is a copy of a warm parent.
    private static let prelude = """
        warm = "lynx_warm_parent" in open("/proc/self/cmdline").read()

        """

    /// What a study has running while it is served, and its runner's log.
    private struct Served {
        let study: StudyFixture
        let server: ControlPlaneServer
        let runner: Program
        let log: EventPipe

        init(_ study: StudyFixture, _ options: String = "") async throws {
            self.study = study
            try study.directory.write("runner.yaml", study.directory.read("runner.yaml") + options)
            server = try await ControlPlaneServer.start(study)
            log = try EventPipe(study.directory.path + "/log")
            runner = try server.startRunner(errors: log)
        }

        /// The pid of a parent that is ready.
        func parent() async throws -> Int32 {
            let line = try await log.expect("ready (pid ")[0]
            return try #require(try /\(pid (\d+),/.firstMatch(in: line).flatMap { Int32($0.1) })
        }

        /// What is listed of the parent with the runner, once it is as `condition` says.
        func shown(_ condition: (WarmWorker) -> Bool) async throws -> WarmWorker {
            while true {
                let answer = try WireJSON.decode([String: [Runner]].self, from: Data(try await server.ask("runners").output.utf8))
                if let worker = answer["runners"]?.first?.engines.first?.warmWorkers?.first, condition(worker) { return worker }
                try await Task.sleep(for: .milliseconds(100))
            }
        }

        func run() async throws -> StudyDocument { try await server.results(of: try await server.submit()) }

        func end() async throws -> [String] {
            try await endOrderly(runner, server)
            return log.drain()
        }
    }

    @Test("Killed, the host takes the parent, its jobs and what they started with it")
    func hostKilled() async throws {
        let served = try await Served(
            try StudyFixture(
                Self.prelude + """
                    child = spawn("setsid", "sh", "-c", "trap '' TERM HUP; sleep 1000 & wait")
                    tell("started", warm, os.getpid(), child.pid)
                    wait()
                    """, runs: 2))
        _ = try await served.server.submit()
        let started = try await served.study.events.expect("started", count: 2)
        let parent = try await served.parent()
        let pids = started.flatMap { $0.split(separator: " ").compactMap { Int32($0) } } + [parent]
        #expect(started.allSatisfy { $0.hasPrefix("started True ") })
        #expect(pids.count == 5 && pids.allSatisfy(isRunning))
        let gone = pids.map { try? PidDescriptor($0) }
        served.runner.send(SIGKILL)
        _ = try await served.runner.end()
        #expect(await served.study.lifeline.ended())
        for one in gone { await one?.ended() }
        #expect(pids.filter(isRunning).isEmpty)
    }

    @Test("A parent that was killed is replaced, and no job suffers from it")
    func parentKilled() async throws {
        let served = try await Served(
            try StudyFixture(Self.prelude + "tell(\"started\", run, warm)\nwait()", runs: 6, slots: 1))
        let batch = try await served.server.submit()
        try await served.study.events.expect("started 0 True")
        let first = try await served.parent()
        let end = try PidDescriptor(first)
        kill(first, SIGKILL)
        await end.ended()
        served.study.gate.open()
        // Started cold, as what should have started it was gone.
        try await served.study.events.expect("started 1 False")
        served.study.gate.open()
        try await served.study.events.expect("started 2 True")
        #expect(try await served.parent() != first)
        served.study.gate.open(for: 10)
        let document = try await served.server.results(of: batch)
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.attempt == 1 })
        #expect(try await served.end().contains { $0.contains("is lost") })
    }

    @Test("A parent is listed with its runner, with the jobs that came from it, and no more when it is gone")
    func shown() async throws {
        let served = try await Served(try StudyFixture(Self.prelude, runs: 3))
        _ = try await served.run()
        let worker = try await served.shown { $0.jobsStarted > 0 }
        let parent = try await served.parent()
        #expect(worker.state == .ready && worker.pid == parent && worker.message == nil)
        #expect(worker.jobsStarted <= 3 && worker.rssBytes ?? 0 > 1 << 20)
        #expect(worker.entrypoint == served.study.directory.path + "/scenario.py")
        kill(parent, SIGKILL)
        let gone = try await served.shown { $0.pid != parent }
        #expect(gone.state == .starting && gone.pid == nil && gone.rssBytes == nil)
        _ = try await served.end()
    }

    @Test("A changed module is read again by the jobs after it")
    func changedModule() async throws {
        let study = try StudyFixture("print(module.value)\ntell(\"value\", module.value, \"lynx_warm_parent\" in open(\"/proc/self/cmdline\").read())\nwait()", runs: 3, slots: 1)
        try study.directory.write("module.py", "value = 1\n")
        try study.directory.write("scenario.py", "import module\n" + study.directory.read("scenario.py"))
        let served = try await Served(study)
        let batch = try await served.server.submit()
        try await study.events.expect("value 1 True")
        try study.directory.write("module.py", "value = 22\n")
        study.gate.open()
        try await study.events.expect("value 22 False")
        study.gate.open()
        try await study.events.expect("value 22 True")
        study.gate.open()
        #expect(try await served.server.results(of: batch).batch.status == .completed)
        #expect(try await served.end().contains { $0.contains("have changed") })
    }

    @Test("A scenario whose imports start a thread runs cold, and the log says so once")
    func thread() async throws {
        let study = try StudyFixture(Self.prelude + "open(output + \"/warm\", \"w\").write(str(warm))", runs: 3)
        try study.directory.write("threaded.py", "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n")
        try study.directory.write("scenario.py", "import threaded\n" + study.directory.read("scenario.py"))
        let served = try await Served(study)
        let document = try await served.run()
        #expect(document.batch.status == .completed)
        for result in document.results {
            #expect(try String(contentsOfFile: result.outputFile("warm"), encoding: .utf8) == "False")
        }
        let shown = try await served.shown { $0.state == .off }
        #expect(shown.message?.hasPrefix("its imports start threads") == true && shown.jobsStarted == 0 && shown.pid == nil)
        let said = try await served.end().filter { $0.contains("are started cold from now on") }
        #expect(said.count == 1 && said[0].contains("its imports start threads"))
    }

    @Test("Switched off, every job is started cold")
    func off() async throws {
        let study = try StudyFixture(Self.prelude + "open(output + \"/warm\", \"w\").write(str(warm))", runs: 2)
        let document = try await Served(study, "\nwarm_workers: false\n").run()
        for result in document.results {
            #expect(try String(contentsOfFile: result.outputFile("warm"), encoding: .utf8) == "False")
        }
    }

    private static let check = "\nengine_options: {basilisk: {warm_check_every: 2, warm_check_ignore: took_s}}\n"

    @Test("A run that is checked and left the same is as if it had not been checked")
    func same() async throws {
        let study = try StudyFixture(
            Self.prelude + """
                tell("run", run, warm, "TETRYX_TELEMETRY_URL" in os.environ)
                open(output + "/data", "w").write("x" * 1000000)
                with open(output + "/summary.json", "w") as file:
                    json.dump({"took_s": time.time(), "run": run, "deep": [{"took_s": os.getpid()}]}, file)
                print("here")
                """, runs: 4, slots: 1)
        let served = try await Served(study, Self.check)
        let document = try await served.run()
        #expect(document.results.allSatisfy { $0.success && $0.metadata.warnings.isEmpty })
        #expect(document.results.allSatisfy { $0.artifacts.map(\.path) == ["data", "summary.json"] })
        let directory = try #require(try document.result(1).metadata.directory)
        let left = try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
        #expect(left == ["output", "run_config.json", "stderr.log", "stdout.log"])
        _ = try await served.end()
        #expect(
            study.events.drain() == [
                "run 0 True True", "run 1 True True", "run 1 False False", "run 2 True True", "run 3 True True", "run 3 False False",
            ])
    }

    @Test("A run that left something else cold keeps the cold files, warns, and ends warm starts")
    func different() async throws {
        let study = try StudyFixture(Self.prelude + "open(output + \"/data\", \"w\").write(str(warm))", runs: 4, slots: 1)
        let served = try await Served(study, Self.check)
        let document = try await served.run()
        #expect(document.batch.status == .completed)
        let contents = try (0..<4).map { try String(contentsOfFile: document.result($0).outputFile("data"), encoding: .utf8) }
        #expect(contents == ["True", "False", "False", "False"])
        let warnings = document.results.flatMap(\.metadata.warnings)
        #expect(warnings.count == 1)
        #expect(try document.result(1).metadata.warnings.first?.hasPrefix("warm workers: other bytes in data after a warm start") == true)
        #expect(try await served.end().count { $0.contains("are started cold from now on") } == 1)
    }

    @Test("A check that is under way when its job is cancelled ends at once")
    func cancelledCheck() async throws {
        let study = try StudyFixture(Self.prelude + "if not warm:\n    tell(\"cold\")\n    spawn(\"setsid\", \"sleep\", \"1000\")\n    wait()", runs: 2, slots: 1)
        let served = try await Served(study, Self.check)
        let batch = try await served.server.submit()
        try await study.events.expect("cold")
        #expect(try await served.server.ask("cancel", batch).exitCode == 0)
        #expect(await study.lifeline.ended())
        _ = try await served.end()
        #expect(Simulations.running(below: study.outputRoot).isEmpty)
    }
}
