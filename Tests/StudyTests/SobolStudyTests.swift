import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

@Suite("A study of Saltelli's design", .timeLimit(.minutes(10)))
struct SobolStudyTests {
    /// The function of Ishigami and Homma, with a = 7 and b = 0.1, and a parameter `mass` that it does not look at. Run 17 fails.
    private static let scenario = """
        from math import sin
        config = json.load(open(os.environ["TETRYX_RUN_CONFIG"]))
        x, y, z = (config["parameters"][name] for name in ("x", "y", "z"))
        if run == 17:
            sys.exit(3)
        value = sin(x) + 7 * sin(y) ** 2 + 0.1 * z ** 4 * sin(x)
        json.dump({"f": value, "sum": x + y}, open(output + "/summary.json", "w"))
        """

    private static let salib = """
        import json, sys
        from SALib.analyze import sobol
        import numpy
        names, rows = ["mass", "x", "y", "z"], numpy.array(json.load(open(sys.argv[1])))
        problem = {"num_vars": 4, "names": names, "bounds": [[0, 1]] * 4}
        found = sobol.analyze(problem, rows, calc_second_order=True, num_resamples=2, seed=1)
        pairs = numpy.triu_indices(4, 1)
        json.dump([list(found["S1"]), list(found["ST"]), list(found["S2"][pairs])], sys.stdout)
        """

    private static let names = ["mass", "x", "y", "z"]

    @Test("Its indices are SALib's on the runs of complete blocks, near those that are known, and reports show them")
    func ishigami() async throws {
        let pi = "3.141592653589793"
        let study = try StudyFixture(
            Self.scenario, runs: 1280,
            dispersions: ["x", "y", "z"].map { "\($0): {distribution: {type: uniform, min: -\(pi), max: \(pi)}, units: rad}" })
        let batchFile = try study.directory.read("batch.yaml")
        try study.directory.write("batch.yaml", batchFile.replacing("seed: 7", with: "seed: 7, sampling_method: saltelli, second_order: true"))
        let server = try await ControlPlaneServer.start(study)
        let runner = try server.startRunner()
        let batch = try await server.submit()
        let document = try await server.results(of: batch)
        #expect(document.batch.completedJobs == 1279 && document.batch.failedJobs == 1)

        let drivers = try WireJSON.decode(StudyReportDrivers.self, from: Data(try await server.ask("report", batch).output.utf8)).drivers
        let sobol = try #require(drivers.drivers.first { $0.output == "f" }?.sobol)
        // Ten runs make a block of four parameters.
        #expect(sobol.blocks == 127 && sobol.incompleteBlocks == 1 && sobol.unfinishedBlocks == 0)
        let outputs = try (0..<1280).filter { $0 / 10 != 1 }.map { run in
            try #require(try document.result(run).outputs?.first { $0.name == "f" }?.value)
        }
        try await compare(sobol, with: outputs, in: study)

        let known = ["mass": (0, 0), "x": (0.3139, 0.5576), "y": (0.4424, 0.4424), "z": (0, 0.2437)]
        for parameter in sobol.parameters {
            let (first, total) = try #require(known[parameter.parameter])
            #expect(abs(try #require(parameter.firstOrder.value) - first) < 0.1)
            #expect(abs(try #require(parameter.totalOrder.value) - total) < 0.1)
            let (low, high) = (try #require(parameter.totalOrder.low), try #require(parameter.totalOrder.high))
            #expect(low <= high)
        }
        #expect(sobol.parameters.last?.parameter == "mass" && sobol.parameters.last?.totalOrder.value == 0)
        #expect(sobol.interactions.first?.parameters == ["x", "z"])

        let text = try await Program.run("lynxctl", ["report", batch, "--control-plane", server.url], in: study.directory.path)
        #expect(
            text.output.contains("  Sobol' indices of 127 blocks of Saltelli's design; 1 left out, with a run that gave no f\n"),
            "\(text.output)")
        #expect(text.output.contains("\nx × z "))
        let page = try await Program.run(
            "lynxctl", ["report", batch, "--control-plane", server.url, "--html", "report.html", "--ellipse", "f,sum"], in: study.directory.path)
        #expect(page.exitCode == 0, "\(page.errors)")
        let html = try study.directory.read("report.html")
        #expect(html.contains("total-order index") && html.contains("x × z") && html.contains("<h3>sum against f</h3>"))

        runner.send(SIGTERM)
        _ = try await runner.end()
        server.program.send(SIGTERM)
        #expect(try await server.program.end().exitCode == 0)
    }

    private func compare(_ sobol: SobolAnalysis, with outputs: [Double], in study: StudyFixture) async throws {
        try study.directory.write("outputs.json", String(decoding: try JSONEncoder().encode(outputs), as: UTF8.self))
        let end = try await Program.run(Repository.python, ["-c", Self.salib, study.directory.file("outputs.json")])
        #expect(end.exitCode == 0, "\(end.errors)")
        let answer = try JSONDecoder().decode([[Double]].self, from: Data(end.output.utf8))
        for (place, name) in Self.names.enumerated() {
            let parameter = try #require(sobol.parameters.first { $0.parameter == name })
            #expect(abs(try #require(parameter.firstOrder.value) - answer[0][place]) < 1e-9)
            #expect(abs(try #require(parameter.totalOrder.value) - answer[1][place]) < 1e-9)
        }
        let pairs = Self.names.indices.flatMap { a in Self.names.indices.filter { $0 > a }.map { [Self.names[a], Self.names[$0]] } }
        #expect(sobol.interactions.count == pairs.count)
        for (place, pair) in pairs.enumerated() {
            let found = try #require(sobol.interactions.first { $0.parameters == pair })
            #expect(abs(try #require(found.secondOrder.value) - answer[2][place]) < 1e-9)
        }
    }
}

/// What `lynxctl report --json` prints, as far as it matters here.
private struct StudyReportDrivers: Decodable {
    var drivers: StudyDrivers
}
