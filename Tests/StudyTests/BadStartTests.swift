import Foundation
import LynxModel
import TestSupport
import Testing

// One after the other: each is over at once, and together they would slow down whatever else is being tested.
@Suite("A start that cannot work", .serialized, .timeLimit(.minutes(5)))
struct BadStartTests {
    /// One thing wrong with a file.
    struct Fault: CustomTestStringConvertible, Sendable {
        var testDescription: String
        /// What the text takes the place of: a field's value in a runner's configuration, words in a batch; nil is the whole file.
        var field: String?
        var text: String
        /// What the one line says; DIRECTORY stands for the study's own.
        var message: String
    }

    static let faults = [
        Fault(
            testDescription: "broken YAML", field: nil, text: "engines: [basilisk\noutput_root: runs\n",
            message: "runner.yaml:2:12: "),
        Fault(
            testDescription: "a value of a wrong type", field: "max_concurrent_jobs", text: "many",
            message: "runner.yaml:6:22: max_concurrent_jobs: "),
        Fault(
            testDescription: "an unknown field", field: nil, text: "output_rot: runs\n",
            message: "runner.yaml:1:1: output_rot: is not a field of the runner's configuration; did you mean 'output_root'?"),
        Fault(
            testDescription: "a missing Python", field: "python_executable", text: "DIRECTORY/no-python",
            message: "python_executable: no such file 'DIRECTORY/no-python'; give "),
        Fault(
            testDescription: "a Python that is not in PATH", field: "python_executable", text: "python-of-nowhere",
            message: "python_executable: no program 'python-of-nowhere' in PATH; "),
        Fault(
            testDescription: "a Python that is not executable", field: "python_executable", text: "DIRECTORY/batch.yaml",
            message: "python_executable: 'DIRECTORY/batch.yaml' is not executable; "),
        Fault(
            testDescription: "a missing entrypoint", field: "basilisk_entrypoint", text: "DIRECTORY/no-scenario.py",
            message: "basilisk_entrypoint: no such file 'DIRECTORY/no-scenario.py'; give "),
        Fault(
            testDescription: "a missing working directory", field: "working_directory", text: "DIRECTORY/nowhere",
            message: "working_directory: no such directory 'DIRECTORY/nowhere'; give "),
        Fault(
            testDescription: "an output root below a file", field: "output_root", text: "DIRECTORY/batch.yaml/runs",
            message: "output_root: cannot make 'DIRECTORY/batch.yaml/runs': Not a directory; give "),
        Fault(
            testDescription: "an output root that nobody may write to", field: "output_root", text: "/proc/self",
            message: "output_root: cannot write to '/proc/self': "),
        Fault(
            testDescription: "an output root that nobody can make", field: "output_root", text: "/proc/runs",
            message: "output_root: cannot make '/proc/runs': No such file or directory; give "),
    ]

    @Test("Of runner-host is one line that says why, and exit code 2", arguments: faults)
    func runnerHost(fault: Fault) async throws {
        let study = try faulty(fault)
        let end = try await study.start("runner-host", ["--config", "runner.yaml"]).end()
        try expectOneLine(end, "runner-host: ", fault.message, study)
        #expect(!FileManager.default.fileExists(atPath: study.outputRoot))
    }

    @Test("Of its runner makes lynxctl run say the same line, with exit code 2 and nothing submitted", arguments: faults)
    func run(fault: Fault) async throws {
        let study = try faulty(fault)
        let end = try await study.startRun().end()
        try expectOneLine(end, "runner-host: ", fault.message, study)
        try await expectNothingSubmitted(study)
    }

    @Test("An engine that is not there is named, with the list of those that are")
    func engine() async throws {
        let study = try StudyFixture("", runs: 1)
        let alone = try await study.start("runner-host", ["--config", "runner.yaml", "--engines", "nosuch"]).end()
        let run = try await study.startRun("--engines", "nosuch").end()
        for end in [alone, run] {
            #expect(end.exitCode == 2)
            #expect(end.output.isEmpty)
            #expect(end.errorLines.first?.hasPrefix("runner-host: engines: no engine 'nosuch' in /") == true)
            #expect(end.errorLines.contains { $0.hasPrefix("runner-host: basilisk ") && $0.hasSuffix("libBasiliskEngine.so") })
        }
        try await expectNothingSubmitted(study)
    }

    @Test(
        "A batch that is wrong is told with its place, before anything is started",
        arguments: [
            Fault(testDescription: "broken YAML", field: nil, text: "name: [\n", message: "batch.yaml:2:1: "),
            Fault(
                testDescription: "a seed in words", field: "seed: 7", text: "seed: seven",
                message: "batch.yaml:4:32: config.monte_carlo.seed: "),
            Fault(
                testDescription: "an empty range", field: "min: 1", text: "min: 3",
                message: "batch.yaml:6:55: config.dispersions.mass.distribution.max: 2 is not above min (3)"),
        ])
    func batch(fault: Fault) async throws {
        let study = try StudyFixture("", runs: 1)
        let batch = try study.directory.read("batch.yaml")
        try study.directory.write("batch.yaml", fault.field.map { batch.replacing($0, with: fault.text) } ?? fault.text)
        let end = try await study.startRun().end()
        try expectOneLine(end, "", fault.message, study)
        #expect(!FileManager.default.fileExists(atPath: study.directory.path + "/state"))
        #expect(!FileManager.default.fileExists(atPath: study.outputRoot))
    }

    @Test("A batch for an engine that the runner has not loaded is refused before it is submitted")
    func otherEngine() async throws {
        let study = try StudyFixture("", runs: 1)
        try study.directory.write("batch.yaml", try study.directory.read("batch.yaml").replacing("type: basilisk", with: "type: px4_sitl"))
        let end = try await study.startRun().end()
        #expect(end.exitCode == 2)
        #expect(end.errorLines.last?.hasPrefix("lynxctl: the batch needs 'px4_sitl' (config.simulation.type), but this runner runs basilisk") == true)
        try await expectNothingSubmitted(study)
    }

    @Test("A state directory that cannot be made is one line, and exit code 2")
    func stateDirectory() async throws {
        let study = try StudyFixture("", runs: 1)
        let end = try await study.startRun("--state", "batch.yaml/state").end()
        try expectOneLine(end, "lynxctl: ", "cannot make the state directory batch.yaml/state: Not a directory", study)
        #expect(!FileManager.default.fileExists(atPath: study.outputRoot))
    }

    @Test("A second runner-host on the same state directory is refused, and the first goes on")
    func secondRunner() async throws {
        let study = try StudyFixture("", runs: 1)
        let server = try await ControlPlaneServer.start(study)
        let log = try EventPipe(study.directory.path + "/log")
        let first = try server.startRunner(errors: log)
        try await log.expect("registered")
        let second = try await server.startRunner().end()
        try expectOneLine(
            second, "runner-host: ", "state directory DIRECTORY/runs/.runner is in use by another runner-host (pid \(first.pid)); ", study)
        let batch = try await server.submit()
        #expect(try await server.results(of: batch).batch.status == .completed)
        try await endOrderly(first, server)
    }

    private func faulty(_ fault: Fault) throws -> StudyFixture {
        let study = try StudyFixture("", runs: 1)
        guard let field = fault.field else {
            try study.directory.write("runner.yaml", fault.text)
            return study
        }
        let lines = try study.directory.read("runner.yaml").split(separator: "\n").map { line in
            line.hasPrefix(field + ":") ? "\(field): " + fault.text.replacing("DIRECTORY", with: study.directory.path) : String(line)
        }
        try study.directory.write("runner.yaml", lines.joined(separator: "\n"))
        return study
    }

    private func expectOneLine(_ end: Program.End, _ program: String, _ message: String, _ study: StudyFixture) throws {
        #expect(end.exitCode == 2)
        #expect(end.output.isEmpty)
        #expect(end.errorLines.count == 1, "\(end.errors)")
        let line = try #require(end.errorLines.last)
        #expect(line.hasPrefix(program) && line.contains(message.replacing("DIRECTORY", with: study.directory.path)), "\(line)")
    }

    /// The ledger holds no batch, and no run has a directory.
    private func expectNothingSubmitted(_ study: StudyFixture) async throws {
        let output = try EventPipe(study.directory.path + "/serve")
        let server = try study.start("lynxctl", ["serve", "--port", "0", "--database", "state/ledger.sqlite"], output: output)
        let url = try #require(try await output.expect("control plane listening on ")[0].split(separator: " ").last)
        let status = try await study.start("lynxctl", ["status", "--control-plane", String(url)]).end()
        #expect(status.output == "no batches\n")
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
        let made = (try? FileManager.default.contentsOfDirectory(atPath: study.outputRoot)) ?? []
        #expect(made.allSatisfy { $0 == ".runner" })
    }
}
