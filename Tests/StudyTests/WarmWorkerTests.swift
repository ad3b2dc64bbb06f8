import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("Warm workers", .timeLimit(.minutes(5)))
struct WarmWorkerTests {
    private static let tellWarm = "tell(\"run\", run, warm)"

    @Test("First runs are cold; proved, jobs are copies, and in a later runner from the first one on")
    func proved() async throws {
        var served = try await WarmStudy(Self.tellWarm, runs: 3)
        _ = try await served.run(1)
        try await served.study.events.expect("run 0 False")
        _ = try await served.parent()
        #expect(try await served.run().batch.status == .completed)
        #expect(served.study.events.drain().suffix(3) == ["run 0 True", "run 1 True", "run 2 True"])
        try await served.restartRunner()
        #expect(try await served.run().batch.status == .completed)
        #expect(served.study.events.drain().suffix(3) == ["run 0 True", "run 1 True", "run 2 True"])
        _ = try await served.end()
    }

    @Test("A copy has the command line, the environment and the name of a process of its own")
    func asFresh() async throws {
        let look = """
            own = ("TETRYX_", "TMPDIR")
            seen = {
                "command": open("/proc/self/cmdline").read(), "arguments": [sys.argv, sys.orig_argv, sys.path, sys.flags.safe_path],
                "environment": sorted(name for name in os.environ if not name.startswith(own)), "main": [__name__, __file__],
                "comm": open("/proc/self/comm").read(), "directory": os.getcwd(), "preloaded": os.environ.get("LD_PRELOAD"),
                "leader": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()], "descriptors": sorted(os.listdir("/proc/self/fd")),
                "signals": [str(signal.getsignal(number)) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE)],
                "niceness": [os.nice(0), os.sched_getscheduler(0)], "umask": os.umask(0o22),
            }
            json.dump(seen, open(output + "/seen.json", "w"), sort_keys=True)
            """
        let served = try await WarmStudy(look, runs: 1)
        let cold = try String(contentsOfFile: try await served.run().result(0).outputFile("seen.json"), encoding: .utf8)
        _ = try await served.parent()
        let warm = try String(contentsOfFile: try await served.run().result(0).outputFile("seen.json"), encoding: .utf8)
        #expect(warm == cold)
        #expect(try await served.shown { $0.jobsStarted > 0 }.jobsStarted == 1)
        _ = try await served.end()
    }

    @Test("Killed, the host takes the parent, its jobs and what they started with it")
    func hostKilled() async throws {
        let served = try await WarmStudy(
            """
            if not proof and run > 0:
                child = spawn("setsid", "sh", "-c", "trap '' TERM HUP; sleep 1000 & wait")
                tell("started", warm, os.getpid(), child.pid)
                wait()
            """, runs: 3, slots: 2)
        let parent = try await served.becomeReady()
        _ = try await served.server.submit()
        let started = try await served.study.events.expect("started", count: 2)
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

    @Test("Killed while it learns or proves, the host takes that with it")
    func hostKilledInProof() async throws {
        let served = try await WarmStudy(
            """
            if proof:
                open(here + "/proof_pid", "w").write(str(os.getpid()))
                spawn("setsid", "sleep", "1000")
                open(here + "/proving", "w").write("x")
                time.sleep(1000)
            """, runs: 1)
        try #require(mkfifo(served.study.directory.path + "/proving", 0o600) == 0)
        _ = try await served.run()
        // Opening waits for the other end.
        _ = try await Task.detached { [path = served.study.directory.path] in
            try FileHandle(forReadingFrom: URL(filePath: path + "/proving")).readToEnd()
        }.value
        let pid = try #require(Int32(try served.study.directory.read("proof_pid")))
        let gone = try PidDescriptor(pid)
        served.runner.send(SIGKILL)
        _ = try await served.runner.end()
        await gone.ended()
        #expect(await served.study.lifeline.ended())
        #expect(Simulations.running(below: served.study.outputRoot).isEmpty)
    }

    @Test("A parent that was killed is replaced, and no job suffers from it")
    func parentKilled() async throws {
        let served = try await WarmStudy("if run > 0:\n    tell(\"started\", run, warm)\n    wait()", runs: 5)
        let first = try await served.becomeReady()
        let batch = try await served.server.submit()
        try await served.study.events.expect("started 1 True")
        let end = try PidDescriptor(first)
        kill(first, SIGKILL)
        await end.ended()
        served.study.gate.open()
        // Started cold, as what should have started it was gone.
        try await served.study.events.expect("started 2 False")
        served.study.gate.open()
        try await served.study.events.expect("started 3 True")
        #expect(try await served.parent() != first)
        served.study.gate.open(for: 10)
        let document = try await served.server.results(of: batch)
        #expect(document.jobs.allSatisfy { $0.status == .completed && $0.attempt == 1 })
        #expect(try await served.end().contains { $0.contains("is lost") })
    }

    @Test("A parent is listed with its runner: what it is at, what jobs find done and what not, and no more when it is gone")
    func shown() async throws {
        let served = try await WarmStudy(
            "", model: "import threading, time\nthreading.Thread(target=time.sleep, args=(1000,), daemon=True).start()\n", runs: 3)
        let before = try await served.shown { _ in true }
        #expect(before.state == .starting && before.message?.isEmpty == false && before.pid == nil && before.modules == nil)
        let parent = try await served.becomeReady()
        _ = try await served.run()
        let worker = try await served.shown { $0.jobsStarted > 0 }
        #expect(worker.state == .ready && worker.pid == parent && worker.message == nil)
        #expect(worker.jobsStarted <= 3 && worker.rssBytes ?? 0 > 1 << 20)
        #expect(worker.entrypoint == served.study.directory.path + "/scenario.py")
        let (all, warm) = (try #require(worker.modules), try #require(worker.modulesWarm))
        #expect(warm > 0 && warm < all)
        #expect(try #require(worker.importSecondsWarm) > 0.05 && worker.importSecondsWarm! <= worker.importSeconds!)
        let left = try #require(worker.leftOut?.first { $0.module == "model" })
        #expect(!left.why.isEmpty && left.seconds >= 0)
        let lines = try await Program.run("lynxctl", ["runners", "--control-plane", served.server.url], in: served.study.directory.path).output
        #expect(lines.contains("% of imports") && lines.contains("model (\(left.why))"))
        kill(parent, SIGKILL)
        let gone = try await served.shown { $0.pid != parent }
        #expect(gone.state == .starting && gone.pid == nil && gone.rssBytes == nil)
        _ = try await served.end()
    }

    @Test("What imports read is read again when it has changed, at first by cold runs", arguments: ["model.py", "data.txt"])
    func changed(file: String) async throws {
        let served = try await WarmStudy(
            "tell(\"value\", run, model.value, warm)\nif run == 1: wait()",
            model: "import os\nvalue = 1 + int(open(os.path.dirname(os.path.abspath(__file__)) + \"/data.txt\").read())\n", runs: 3)
        try served.study.directory.write("data.txt", "10")
        let first = try await served.becomeReady()
        let batch = try await served.server.submit()
        try await served.study.events.expect("value 1 11 True")
        if file == "data.txt" {
            try served.study.directory.write(file, "110")
        } else {
            try served.study.directory.write(file, "value = 111\n")
        }
        served.study.gate.open()
        try await served.study.events.expect("value 2 111 False")
        #expect(try await served.server.results(of: batch).batch.status == .completed)
        #expect(try await served.parent() != first)
        _ = try await served.run(1)
        try await served.study.events.expect("value 0 111 True")
        #expect(try await served.end().contains { $0.contains("proved again") || $0.contains("have changed") })
    }

    @Test("What was edited while no runner was there is proved anew")
    func changedBetween() async throws {
        var served = try await WarmStudy("tell(\"value\", model.value, warm)", model: "value = 1\n", runs: 1)
        try await served.becomeReady()
        served.runner.send(SIGTERM)
        _ = try await served.runner.end()
        try served.study.directory.write("model.py", "value = 22\n")
        try await served.restartRunner()
        try await served.becomeReady()
        _ = try await served.run()
        #expect(served.study.events.drain() == ["value 1 False", "value 22 False", "value 22 True"])
        _ = try await served.end()
    }

    @Test("Imports that take no time are not worth a parent, and that is said")
    func notWorth() async throws {
        // Of a run this long no imports are worth it, however slow the machine.
        let study = try StudyFixture("time.sleep(8)", runs: 1, isWarm: true)
        try study.directory.write("runner.yaml", study.directory.read("runner.yaml") + "engine_options: {basilisk: {warm_prove_after: 0}}\n")
        let server = try await ControlPlaneServer.start(study)
        let log = try EventPipe(study.directory.path + "/log")
        let runner = try server.startRunner(errors: log)
        _ = try await server.results(of: try await server.submit())
        let said = try await log.expect("are started cold from now on")
        // Which of the two is a matter of the machine.
        #expect(said[0].contains("too little to gain from") || said[0].contains("less than a twentieth of it"))
        try await endOrderly(runner, server)
    }

    @Test("Switched off, every job is started cold")
    func off() async throws {
        let served = try await WarmStudy(Self.tellWarm, runs: 2, isWarm: false)
        _ = try await served.run()
        _ = try await served.run()
        #expect(served.study.events.drain().allSatisfy { $0.hasSuffix("False") })
        _ = try await served.end()
    }
}
