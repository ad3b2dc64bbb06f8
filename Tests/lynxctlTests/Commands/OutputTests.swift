import Foundation
import Glibc
import LynxCLI
import LynxModel
import TestSupport
import Testing

@Suite("Output that cannot be written", .timeLimit(.minutes(5)))
struct OutputTests {
    /// `lynxctl` with its standard output given by the shell's words.
    private func lynxctl(_ redirection: String, _ arguments: [String], in directory: String) async throws -> Program.End {
        try await Program.run("/bin/sh", ["-c", "\"$0\" \"$@\" \(redirection)", Repository.products + "/lynxctl"] + arguments, in: directory)
    }

    @Test("A full device is exit code 3 and one line, whatever the command prints")
    func fullDevice() async throws {
        let study = try StudyFixture(runs: 2)
        let ledger = ["--database", "ledger/ledger.sqlite"]
        let server = try Program.start("lynxctl", ["serve", "--port", "0"] + ledger, in: study.directory.path, output: study.events)
        let url = String(try await study.events.expect("listening on")[0].split(separator: " ").last!)
        let runner = try Program.start(
            study.directory.file("fake-runner"),
            ["--config", study.directory.file("runner.yaml"), "--control-plane", url, "--parent-pid", "\(getpid())"])
        let submitted = try await study.lynxctl(["submit", "batch.yaml", "--wait", "--json", "--control-plane", url])
        let document = try WireJSON.decode(Submitted.self, from: Data(submitted.output.utf8))
        let (batch, job) = (document.batch.batchID, document.jobs[0].jobID)

        let commands = [
            ["status", batch], ["status"], ["status", batch, "--json"], ["results", batch], ["results", batch, "--json"], ["results", job],
            ["telemetry", job], ["telemetry", job, "--csv"], ["telemetry", batch, "--csv"], ["jobs", batch], ["runners"], ["wait", batch],
            ["artifacts", "list", batch], ["gc", "--dry-run"], ["submit", "batch.yaml"],
        ]
        for command in commands {
            let end = try await lynxctl("> /dev/full", command + ["--control-plane", url], in: study.directory.path)
            #expect(end.exitCode == 3, "\(command): \(end)")
            #expect(
                end.errorLines.filter { $0.hasPrefix("lynxctl: cannot write standard output: No space left on device") }.count == 1, "\(command): \(end.errors)")
        }
        for command in [["--help"], ["help", "run"], ["--version"], ["ledger", "version"] + ledger, ["token", "list"] + ledger] {
            let end = try await lynxctl("> /dev/full", command, in: study.directory.path)
            #expect(end.exitCode == 3, "\(command): \(end)")
        }
        // The same, to a reader that has what it wants, to nobody, and to nothing.
        for command in [["telemetry", batch, "--csv"], ["results", batch, "--json"], ["status", batch]] {
            let arguments = command + ["--control-plane", url]
            let piped = try await Program.run(
                "/bin/bash", ["-c", "set -o pipefail; \"$0\" \"$@\" | head -c 1", Repository.products + "/lynxctl"] + arguments, in: study.directory.path)
            #expect(piped.exitCode == 0 && piped.errors.isEmpty, "\(command): \(piped)")
            let closed = try await lynxctl(">&-", arguments, in: study.directory.path)
            #expect(closed.exitCode == 3 && closed.errors.hasPrefix("lynxctl: cannot write standard output: "), "\(command): \(closed)")
        }
        runner.send(SIGTERM)
        try await study.events.expect("left")
        server.send(SIGTERM)
        _ = try await server.end()
    }

    private struct Submitted: Decodable {
        var batch: Batch
        var jobs: [Job]
    }

    @Test("A file is replaced whole, or stays as it was; links, modes and pipes are respected")
    func wholeFiles() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("jobs.xml", "before", mode: 0o640)
        try FileManager.default.createSymbolicLink(atPath: directory.file("link.xml"), withDestinationPath: "jobs.xml")
        try OutputFile.replace(directory.file("link.xml"), with: "after")
        #expect(try directory.read("jobs.xml") == "after")
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: directory.file("link.xml")) == "jobs.xml")
        try OutputFile.replace(directory.file("new.csv"), with: "new")
        #expect(try directory.read("new.csv") == "new")
        #expect(throws: CLIError("cannot write /dev/full: No space left on device", exitCode: 3)) { try OutputFile.replace("/dev/full", with: "x") }
        #expect(throws: CLIError.self) { try OutputFile.replace(directory.file("no/such.csv"), with: "x") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["jobs.xml", "link.xml", "new.csv"])
        #expect(throws: Never.self) { try OutputFile.append("+", to: directory.file("new.csv")) }
        #expect(try directory.read("new.csv") == "new+")
    }

    @Test("Checking a file makes none", arguments: ["new.xml", "no/such.xml", "", "folder", "folder/"])
    func check(name: String) throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: directory.file("folder"), withIntermediateDirectories: false)
        let isFine = name == "new.xml"
        if isFine { try OutputFile.check(directory.file(name)) } else { #expect(throws: CLIError.self) { try OutputFile.check(name.isEmpty ? "" : directory.file(name)) } }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == ["folder"])
    }
}
