import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("With a control plane that is older than lynxctl", .timeLimit(.minutes(5)))
struct OlderControlPlaneTests {
    @Test("Batches are submitted, waited for and read; what it does not know says in one line which version does")
    func older() async throws {
        let study = try StudyFixture(runs: 2)
        try study.directory.write("requirements.yaml", "requirements:\n  - {name: big, output: mass, operator: gt, threshold: 0, probability: 0.5}\n")
        let server = try Program.start(
            "lynxctl", ["serve", "--port", "0", "--database", "ledger/ledger.sqlite"], in: study.directory.path, output: study.events)
        let url = String(try await study.events.expect("control plane listening on")[0].split(separator: " ").last!)
        let script = Repository.path("Tests/lynxctlTests/Fixtures/older_control_plane.py")
        let older = try Program.start(Repository.python, [script, url, study.events.path], in: study.directory.path)
        let olderURL = String(try await study.events.expect("older at")[0].split(separator: " ").last!)
        let runner = try Program.start(
            study.directory.file("fake-runner"),
            ["--config", study.directory.file("runner.yaml"), "--control-plane", url, "--parent-pid", "\(getpid())"])
        func ask(_ arguments: String...) async throws -> Program.End {
            try await study.lynxctl(arguments, environment: ["LYNX_CONTROL_PLANE_URL": olderURL])
        }

        let submitted = try await ask("submit", "batch.yaml", "--json")
        let batch = try WireJSON.decode(BatchReceipt.self, from: Data(submitted.output.utf8)).batchID
        let waited = try await ask("wait", batch)
        #expect(waited.exitCode == 0 && waited.output.contains("2 completed of 2 jobs"), "\(waited.errors)")
        let results = try await ask("results", batch)
        #expect(results.exitCode == 0 && results.output.contains("2 completed of 2 jobs"), "\(results.errors)")

        let version = "bring it to version \(LynxVersion.current) with runner protocol \(RunnerProtocol.version), or later\n"
        for (arguments, call) in [
            (["evaluate", batch], "GET /batches/{batch}/verdicts"), (["evaluate", batch, "requirements.yaml"], "POST /batches/{batch}/evaluate"),
            (["report", batch], "GET /batches/{batch}/verdicts"), (["compare", batch, batch], "GET /batches/{batch}/compare/{other}"),
            (["extend", batch, "--runs", "1"], "POST /batches/{batch}/extend"),
        ] {
            let end = try await study.lynxctl(arguments + ["--control-plane", olderURL])
            #expect(end.exitCode == 3 && end.outputLines.isEmpty, "\(arguments): \(end.exitCode)")
            #expect(end.errors.hasSuffix("the control plane at \(olderURL) is older than this lynxctl and has no \(call); \(version)"), "\(end.errors)")
        }
        // A batch that is not there is no sign of age.
        let nowhere = try await ask("wait", "nowhere")
        #expect(nowhere.exitCode == 2 && !nowhere.errors.contains("older"), "\(nowhere.errors)")

        let withoutPairs = try Program.start(Repository.python, [script, url, study.events.path, "pairs"], in: study.directory.path)
        let withoutPairsURL = String(try await study.events.expect("older at")[0].split(separator: " ").last!)
        let page = try await study.lynxctl(["report", batch, "--html", "report.html", "--control-plane", withoutPairsURL])
        #expect(page.exitCode == 0, "\(page.errors)")
        #expect(try study.directory.read("report.html").contains("<h2>How it was made</h2>"))
        let ellipse = try await study.lynxctl(["report", batch, "--ellipse", "a,b", "--control-plane", withoutPairsURL])
        #expect(ellipse.exitCode == 3 && ellipse.errors.hasSuffix("has no parameter 'pairs' of GET /batches/{batch}/statistics; \(version)"), "\(ellipse.errors)")
        withoutPairs.send(SIGTERM)
        _ = try await withoutPairs.end()

        older.send(SIGTERM)
        _ = try await older.end()
        runner.send(SIGTERM)
        try await study.events.expect("left")
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }
}
