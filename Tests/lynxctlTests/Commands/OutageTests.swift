import Foundation
import Glibc
import LynxCLI
import LynxModel
import Synchronization
import TestSupport
import Testing

@Suite("While the control plane is away", .timeLimit(.minutes(5)))
struct OutageTests {
    private func serve(_ study: StudyFixture, port: String = "0") async throws -> (server: Program, url: String) {
        let server = try Program.start(
            "lynxctl", ["serve", "--port", port, "--database", "ledger/ledger.sqlite"], in: study.directory.path, output: study.events)
        return (server, String(try await study.events.expect("control plane listening on")[0].split(separator: " ").last!))
    }

    @Test("A restart is waited out and told, and the files are written at the end", arguments: [["submit", "batch.yaml", "--wait"], ["wait"], ["status", "--watch"]])
    func restart(command: [String]) async throws {
        let study = try StudyFixture(runs: 2)
        let (first, url) = try await serve(study)
        var command = command
        if command[0] != "submit" {
            let receipt = try await study.lynxctl(["submit", "batch.yaml", "--json", "--control-plane", url])
            command.append(try WireJSON.decode(BatchReceipt.self, from: Data(receipt.output.utf8)).batchID)
        }
        if command[0] != "status" { command += ["--junit", "jobs.xml", "--results", "runs.csv"] }
        let errors = try EventPipe(study.directory.file("errors"))
        let waiting = try Program.start("lynxctl", command + ["--control-plane", url], in: study.directory.path, errors: errors)
        try await errors.expect("no runner is registered")

        first.send(SIGKILL)
        _ = try await first.end()
        let told = try await errors.expect("waiting for the control plane at \(url), since 20")[0]
        #expect(told.contains("connection refused"))
        #expect(!FileManager.default.fileExists(atPath: study.directory.file("jobs.xml")))

        let (second, again) = try await serve(study, port: String(url.split(separator: ":").last!))
        #expect(again == url)
        try await errors.expect("the control plane at \(url) is back")
        let runner = try Program.start(
            study.directory.file("fake-runner"),
            ["--config", study.directory.file("runner.yaml"), "--control-plane", url, "--parent-pid", "\(getpid())"])
        let end = try await waiting.end()
        #expect(end.exitCode == 0, "\(errors.drain())")
        if command[0] != "status" {
            #expect(try study.directory.read("jobs.xml").contains(#"tests="2" failures="0""#))
            #expect(try study.directory.read("runs.csv").split(separator: "\r\n").count == 3)
        }
        runner.send(SIGTERM)
        try await study.events.expect("left")
        second.send(SIGTERM)
        _ = try await second.end()
    }

    @Test("Beyond the limit it is given up, and no file is left")
    func limit() async throws {
        let study = try StudyFixture(runs: 2)
        let (server, url) = try await serve(study)
        let errors = try EventPipe(study.directory.file("errors"))
        let waiting = try Program.start(
            "lynxctl",
            ["submit", "batch.yaml", "--wait", "--max-outage", "1", "--junit", "jobs.xml", "--results", "runs.csv", "--summary", "s.md", "--control-plane", url],
            in: study.directory.path, errors: errors)
        try await errors.expect("no runner is registered")
        server.send(SIGKILL)
        #expect(try await waiting.end().exitCode == 3)
        #expect(errors.drain().contains { $0.contains("as long as --max-outage says") })
        let files = try FileManager.default.contentsOfDirectory(atPath: study.directory.path)
        #expect(files.filter { $0.hasPrefix("jobs") || $0.hasPrefix("runs") || $0.hasPrefix("s.md") }.isEmpty, "\(files)")
    }

    @Test("The limit is for each outage, and told once")
    func outages() throws {
        let told = Told()
        var outage = Outage(limit: .seconds(60), url: "http://x") { told.add($0) }
        let begin = ContinuousClock.now
        let gone = CLIError("cannot reach it", exitCode: 3, reason: "connection refused")
        for start in [0, 1_000] {
            for second in 0..<60 { try outage.failed(gone, at: begin + .seconds(start + second)) }
            outage.ended()
        }
        #expect(told.lines.count == 4 && told.lines[0].hasSuffix("at most: connection refused") && told.lines[1] == "the control plane at http://x is back")
        // One failed try is not worth a word.
        try outage.failed(gone, at: begin + .seconds(2_000))
        outage.ended()
        #expect(told.lines.count == 4)
        try outage.failed(gone, at: begin + .seconds(3_000))
        #expect(throws: CLIError.self) { try outage.failed(gone, at: begin + .seconds(3_060)) }
        var impatient = Outage(limit: .zero, url: "http://x") { _ in }
        #expect(throws: gone) { try impatient.failed(gone) }
    }

    private final class Told: Sendable {
        private let told = Mutex<[String]>([])
        var lines: [String] { told.withLock { $0 } }
        func add(_ line: String) { told.withLock { $0.append(line) } }
    }
}
