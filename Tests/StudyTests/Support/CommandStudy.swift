import Foundation
import LynxModel
import TestSupport

/// A study whose runs are programs of a test's own, run by `lynxctl run`.
struct CommandStudy {
    let directory: TemporaryDirectory

    /// - Parameters:
    ///   - options: the engine's, in YAML.
    ///   - programs: scripts by name, which the options name as `{working_directory}/name`.
    ///   - batch: further fields of the batch's `config`, in YAML.
    ///   - parameters: those of every run, with two values drawn in turn.
    init(options: String, programs: [String: String], batch: String = "", runs: Int = 2, engine: String = "command") throws {
        directory = try TemporaryDirectory()
        for (name, text) in programs { try directory.write(name, text, mode: 0o755) }
        try directory.write(
            "runner.yaml",
            """
            engines: [\(engine)]
            python_executable: \(Repository.python)
            engine_options:
              \(engine):
            \(Self.indented(options, by: 4))
            """)
        try directory.write(
            "batch.yaml",
            """
            name: commands
            config:
              simulation: {name: commands, type: \(engine)}
              monte_carlo: {runs: \(runs), sampling_method: latin_hypercube, seed: 5}
              dispersions:
                mass_kg: {distribution: {type: uniform, min: 1, max: 2}, units: kg}
                mode: {distribution: {type: constant, value: fast}}
              compute: {job_timeout_seconds: 100, max_retries: 0}
            \(Self.indented(batch, by: 2))
            """)
    }

    private static func indented(_ text: String, by count: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }

    func end(_ arguments: [String] = []) async throws -> Program.End {
        try await Program.run(
            "lynxctl", ["run", "batch.yaml", "--runner-config", "runner.yaml", "--state", "state", "--json"] + arguments, in: directory.path)
    }

    func run() async throws -> StudyDocument {
        let end = try await end()
        return try StudyDocument(end.output)
    }

    /// A file of a run, as it was left on the disk.
    func file(_ name: String, of run: Int, _ study: StudyDocument) throws -> String {
        let folder = try study.result(run).metadata.directory ?? ""
        return try String(contentsOfFile: "\(folder)/output/\(name)", encoding: .utf8)
    }
}
