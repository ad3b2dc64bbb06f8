import Foundation
import LynxModel
import TestSupport
import Testing

@Suite("Commands that plan, judge, extend and compare studies", .timeLimit(.minutes(5)))
struct StudyCommandTests {
    private struct Plans: Decodable {
        struct Fixed: Decodable {
            var allowedFailures: Int
            var runs: Int
            var consumersRisk: Double
            var producersRisk: Double?
        }

        struct Sequential: Decodable {
            var rule: String
            var acceptAt: [Int]
            var expectedRuns: Double?
        }

        var fixed: [Fixed]
        var sequential: [Sequential]
    }

    private func plan(_ arguments: String...) async throws -> Plans {
        let end = try await Program.run("lynxctl", ["plan", "--json"] + arguments)
        #expect(end.exitCode == 0, "\(end.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Plans.self, from: Data(end.output.utf8))
    }

    @Test("Plans are those of Hanson and Beard, and a table of looks is the exact one")
    func plans() async throws {
        let common = try await plan("--probability", "0.9973", "--confidence", "0.9", "--true", "0.9995", "--max-failures", "2")
        #expect(common.fixed.map(\.runs) == [852, 1440, 1970] && common.fixed.map(\.allowedFailures) == [0, 1, 2])
        #expect(common.fixed.allSatisfy { $0.consumersRisk <= 0.1 && $0.consumersRisk > 0.09 })
        // Of the smallest plan 0.65 of such designs pass, of that with two failures 0.92.
        for (plan, risk) in [(0, 0.35), (2, 0.08)] { #expect(abs(try #require(common.fixed[plan].producersRisk) - risk) < 0.005) }
        let looks = try #require(common.sequential.first)
        #expect(looks.rule == "table of looks" && looks.acceptAt == [1084, 1725, 2296])
        #expect(abs(try #require(looks.expectedRuns) - 1380) < 10)
        let three = try await plan("--probability", "0.9973", "--max-failures", "6")
        #expect(three.fixed[3].runs == 2473 && three.fixed[6].runs == 3899 && three.fixed[0].producersRisk == nil)
        let coarse = try await plan("--probability", "0.99", "--max-failures", "6")
        #expect([0, 1, 2, 3, 6].map { coarse.fixed[$0].runs } == [230, 388, 531, 667, 1051])
        #expect(try await plan("--probability", "0.95", "--confidence", "0.95", "--max-failures", "0").fixed.map(\.runs) == [59])
    }

    @Test(
        "A plan that makes no sense is bad input",
        arguments: [
            ["--probability", "1"], ["--probability", "0"], ["--probability", "nan"], ["--probability", "0.9", "--confidence", "1"],
            ["--probability", "0.9", "--max-failures", "101"], ["--probability", "0.9", "--true", "2"], [],
        ])
    func badPlan(arguments: [String]) async throws {
        let end = try await Program.run("lynxctl", ["plan"] + arguments)
        #expect(end.exitCode == 2 && end.output.isEmpty && !end.errors.isEmpty)
    }

    @Test("A batch is judged, extended and compared, and exit codes follow the verdicts")
    func wholeWalk() async throws {
        let study = try StudyFixture(runs: 2, runner: ["fail": "1"])
        let batch = try study.directory.read("batch.yaml").replacing("seed: 7", with: "seed: 7, sampling_method: monte_carlo")
        try study.directory.write(
            "judged.yaml",
            batch + """

                  requirements:
                    - {name: big, output: mass, operator: gt, threshold: 0, probability: 0.5}
                """)
        let server = try Program.start(
            "lynxctl", ["serve", "--port", "0", "--database", "ledger/ledger.sqlite"], in: study.directory.path, output: study.events)
        let line = try await study.events.expect("control plane listening on")[0]
        let url = String(line.split(separator: " ").last!)
        func ask(_ arguments: String...) async throws -> Program.End {
            try await study.lynxctl(arguments, environment: ["LYNX_CONTROL_PLANE_URL": url])
        }
        let runner = try Program.start(
            study.directory.file("fake-runner"),
            ["--config", study.directory.file("runner.yaml"), "--control-plane", url, "--parent-pid", "\(getpid())"])

        func submit(_ file: String) async throws -> String {
            try WireJSON.decode(BatchReceipt.self, from: Data(try await ask("submit", file, "--json").output.utf8)).batchID
        }
        let id = try await submit("judged.yaml")
        let waited = try await ask("wait", id, "--junit", "junit.xml", "--summary", "summary.md")
        #expect(waited.exitCode == 1, "\(waited.errors)")
        #expect(try study.directory.read("junit.xml").contains(#"<failure message="UNDECIDED: "#))
        #expect(try study.directory.read("summary.md").contains("| UNDECIDED | big | "))

        // The fake runner sends no outputs.
        let judged = try await ask("evaluate", id)
        #expect(judged.exitCode == 1 && judged.outputLines.first == "UNDECIDED  big  mass > 0 in 50 % of runs", "\(judged.output)")
        let results = try await ask("results", id)
        #expect(results.exitCode == 1 && results.outputLines.first == judged.outputLines.first)
        try study.directory.write("bad.yaml", "requirements:\n  - {name: r, output: x, probability: 2}\n")
        let bad = try await ask("evaluate", id, "bad.yaml")
        #expect(bad.exitCode == 2 && bad.errorLines.count >= 1 && bad.errorLines.allSatisfy { $0.contains("bad.yaml:2:") }, "\(bad.errors)")
        #expect(try await ask("evaluate", "nowhere").exitCode == 2)

        let extended = try await ask("extend", id, "--runs", "2")
        #expect(extended.output == "batch \(id): 2 runs more, 4 in all\n", "\(extended.errors)")
        #expect(try await ask("wait", id).exitCode == 1)
        #expect(try await ask("extend", id, "--runs", "0").exitCode == 2)

        let second = try await submit("batch.yaml")
        #expect(try await ask("wait", second).exitCode == 1)
        let compared = try await ask("compare", second, second, "--fail-on", "regression", "--junit", "changes.xml")
        #expect(compared.exitCode == 0 && compared.output.contains("2 runs of both, compared one by one"), "\(compared.output)")
        #expect(try study.directory.read("changes.xml").contains(#"tests="1" failures="0""#))
        #expect(try await ask("compare", second, "nowhere").exitCode == 2)

        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
        runner.send(SIGKILL)
        _ = try await runner.end()
    }
}
