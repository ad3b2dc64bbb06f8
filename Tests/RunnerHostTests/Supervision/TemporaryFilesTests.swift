import CLinux
import Foundation
import Glibc
import LynxModel
import Support
import TestSupport
import Testing

@testable import RunnerHost

@Suite("What a simulation needs only while it runs")
struct TemporaryFilesTests {
    /// Leaves what makes trouble in its TMPDIR and says where that is.
    private static let littering = """
        import os, socket, sys, tempfile, time
        from multiprocessing.connection import Listener
        place = tempfile.gettempdir()
        with open(os.environ["TETRYX_OUTPUT_DIR"] + "/where.txt", "w") as out:
            out.write(place + "\\n" + os.path.realpath(place))
        assert os.listdir(place) == [] and os.stat(place).st_mode & 0o777 == 0o700
        open(os.fsencode(place) + b"/na\\xffme", "w").write("x")
        os.makedirs(place + "/locked/inner")
        os.chmod(place + "/locked", 0o500)
        # The address is a socket in a directory of its own in TMPDIR.
        listener = Listener(family="AF_UNIX")
        if "linger" in open(os.environ["TETRYX_RUN_CONFIG"]).read():
            time.sleep(1000)
        os._exit(int("fail" in open(os.environ["TETRYX_RUN_CONFIG"]).read()))
        """

    @Test("TMPDIR is the job's own, has room for sockets, and is gone after any end", arguments: ["", "fail", "linger"])
    func temporaryDirectory(end: String) async throws {
        let bench = try AttemptBench.basilisk(Self.littering, settings: ["warm_workers": "false"])
        let job = "job-" + String(repeating: "x", count: 120)
        let report = await bench.run(bench.assignment(job, parameters: end.isEmpty ? [:] : [end: .bool(true)], timeout: end == "linger" ? 3 : 120))
        #expect(report.outcome == (end.isEmpty ? .success : end == "fail" ? .failure : .timeout), "\(report.result.errorMessage ?? "")")
        #expect(report.result.artifacts.map(\.path) == ["where.txt"] && report.result.metadata.warnings == [])
        let attempt = "runs/batch/\(job)/attempt-1"
        let lines = try bench.directory.read("\(attempt)/output/where.txt").split(separator: "\n").map(String.init)
        #expect(lines.count == 2 && lines[0].utf8.count <= 60)
        #expect(lines[1].hasSuffix("/\(attempt)/tmp"))
        #expect(try lines.allSatisfy { path in try Self.isMissing(path) })
        #expect(try !bench.directory.names(attempt).contains("tmp"))
    }

    @Test("What a runner that was killed could not remove, the next one does at its start")
    func sweep() async throws {
        let bench = try AttemptBench.basilisk("")
        let directory = try AttemptDirectory(bench.assignment("job-" + String(repeating: "x", count: 120)), under: bench.directory.file("runs"))
        try bench.records.add(bench.assignment().key, directory)
        try Data().write(to: URL(filePath: directory.temporary + "/left"))
        #expect(try RunningRecords(stateDirectory: bench.directory.path).sweep().ended == 0)
        #expect(try Self.isMissing(directory.temporary) && Self.isMissing(directory.path + "/tmp"))
    }

    /// Also without a link that leads nowhere.
    private static func isMissing(_ path: String) throws -> Bool {
        FileStatus(path, followsLinks: false) == nil && errno == ENOENT
    }

    @Test("Shared memory that is left to Python's resource tracker is gone after the job's end", arguments: ["true", "false"])
    func resourceTracker(warm: String) async throws {
        let bench = try AttemptBench.basilisk(
            """
            import os
            from multiprocessing import shared_memory
            block = shared_memory.SharedMemory(create=True, size=4 << 20)
            open(os.environ["TETRYX_OUTPUT_DIR"] + "/name.txt", "w").write(block.name)
            """, settings: ["warm_workers": warm])
        let report = await bench.run(bench.assignment())
        #expect(report.outcome == .success && report.result.metadata.warnings == [], "\(report.result.errorMessage ?? "")")
        let name = try bench.directory.read("runs/batch/job/attempt-1/output/name.txt")
        #expect(try !name.isEmpty && Self.isMissing("/dev/shm/" + name))
    }

    @Test("A process that outlives the simulation is killed and named in the result", arguments: ["true", "false"])
    func outlived(warm: String) async throws {
        let bench = try AttemptBench.basilisk(
            """
            import subprocess
            subprocess.Popen(["setsid", "-f", "sleep", "1000"]).wait()
            """, settings: ["warm_workers": warm])
        let report = await bench.run(bench.assignment())
        #expect(report.outcome == .success)
        let warnings = report.result.metadata.warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("1 process outlived the simulation's main process by 2 s and was killed: sleep 1000 (pid ") == true)
    }

    @Test("With a private /dev/shm each job has an empty one, and nothing of it stays")
    func privateSharedMemory() async throws {
        let name = "lynx-test-\(UUID())"
        let bench = try AttemptBench.basilisk(
            """
            import os
            assert os.listdir("/dev/shm") == []
            open("/dev/shm/\(name)", "w").write("x")
            open(os.environ["TETRYX_OUTPUT_DIR"] + "/fine", "w")
            os.kill(os.getpid(), 9)
            """, settings: ["private_dev_shm": "true"])
        for job in ["one", "two"] {
            let report = await bench.run(bench.assignment(job))
            #expect(report.outcome == .failure && report.result.artifacts.map(\.path) == ["fine"])
        }
        #expect(try Self.isMissing("/dev/shm/" + name))
    }
}
