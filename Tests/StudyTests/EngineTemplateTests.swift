import Foundation
import LynxModel
import TestSupport
import Testing

/// Engines in folders outside the repository, from `lynxctl new` alone.
@Suite("Engines from templates", .timeLimit(.minutes(10)))
struct EngineTemplateTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// The folder of a new engine.
    private func new(_ template: String) async throws -> String {
        let end = try await Program.run("lynxctl", ["new", "engine", "--template", template], in: directory.path)
        #expect(end.exitCode == 0 && end.outputLines.last == "now: make -C engine check", "\(end.errors)")
        return directory.file("engine")
    }

    private func run(_ study: String, in folder: String) async throws -> StudyDocument {
        let end = try await Program.run(
            "lynxctl", ["run", study, "--runner-config", "runner.yaml", "--state", directory.file(study + ".state"), "--json"], in: folder,
            environment: ["LYNX_RUNNER_OUTPUT_ROOT": directory.file(study + ".runs")])
        return try StudyDocument(end.output)
    }

    @Test("It builds without a warning, passes its check, and runs a study with telemetry, artifacts and a breach", arguments: ["engine-c", "engine-cpp", "engine-rust"])
    func works(template: String) async throws {
        let folder = try await new(template)
        let check = try await Command.run("make", ["-C", folder, "check", "CHECK_FLAGS=--only-failed --leak-jobs 40"])
        #expect(check.exitCode == 0 && !check.errors.contains("warning"), "\(check.output)\n\(check.errors)")

        let document = try await run("study.yaml", in: folder)
        #expect(document.results.count == 8 && document.results.allSatisfy(\.success), "\(document.results.compactMap(\.errorMessage))")
        for result in document.results {
            #expect(result.artifacts.map(\.path) == ["summary.json", "trajectory.csv"])
            let speed = try #require(result.telemetryData["speed_m_s"])
            #expect(speed.units == "m/s" && speed.values.first == 0 && speed.timeS[1] == 0.1)
            let impact = try #require(result.outputs?.first { $0.name == "impact_speed_m_s" }?.value ?? nil)
            #expect(abs(impact - (speed.values.last ?? 0)) < 1)
        }

        let study = try String(contentsOfFile: folder + "/study.yaml", encoding: .utf8)
        try study.replacing("threshold: 40", with: "threshold: 20").write(toFile: folder + "/breach.yaml", atomically: true, encoding: .utf8)
        let breached = try await run("breach.yaml", in: folder)
        #expect(
            breached.results.count == 8
                && breached.results.allSatisfy { $0.metadata.outcome == .breach && $0.metadata.breach?.condition == "too fast" })
    }

    @Test("A run that takes too long writes down what it has", arguments: ["engine-c"])
    func softStop(template: String) async throws {
        let folder = try await new(template)
        #expect(try await Command.run("make", ["-C", folder]).exitCode == 0)
        let study = try String(contentsOfFile: folder + "/study.yaml", encoding: .utf8).replacing(
            "job_timeout_seconds: 60", with: "job_timeout_seconds: 2"
        )
            .replacing("runs: 8", with: "runs: 1")
            .replacing("  dispersions:\n", with: "  dispersions:\n    pause_s: {distribution: {type: constant, value: 1}, units: s}\n")
        try study.write(toFile: folder + "/slow.yaml", atomically: true, encoding: .utf8)
        let slow = try await run("slow.yaml", in: folder)
        let result = try #require(slow.results.first)
        #expect(result.metadata.outcome == .timeout && result.metadata.exitCode == 0, "\(result.errorMessage ?? "")")
        #expect(result.artifacts.map(\.path) == ["summary.json", "trajectory.csv"])
    }
}
