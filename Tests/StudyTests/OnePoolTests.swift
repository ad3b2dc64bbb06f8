import Foundation
import Glibc
import LynxModel
import TestSupport
import Testing

/// Five simulators from code that comes with their batches, on two runners that have none of it and are started once.
@Suite("One pool for any simulator", .timeLimit(.minutes(15)))
struct OnePoolTests {
    /// An example of the repository, and what its bundle says beside the options of its runner.
    private struct Example {
        let name: String
        let bundle: [String]
        /// An output of its runs.
        let output: String
    }

    private static let examples = [
        Example(name: "basilisk", bundle: ["entrypoint: scenario.py"], output: "min_altitude_km"),
        Example(
            name: "jsbsim",
            bundle: [
                "requirements: requirements.txt", "build:", "  - mkdir build",
                #"  - cp -r "$(python -c 'import jsbsim; print(jsbsim.get_default_root_dir())')" build/data"#,
            ], output: "touchdown_m"),
        Example(name: "rocketpy", bundle: ["requirements: requirements.txt"], output: "apogee_m"),
        Example(
            name: "fmu", bundle: ["requirements: requirements.txt", "build: [pythonfmu build --file oscillator.py --dest build]"],
            output: "final_position_m"),
        Example(name: "cpp", bundle: ["build: [make]"], output: "range_m"),
    ]

    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("It runs Basilisk, JSBSim, RocketPy, an FMU and C++ in a row; of a changed bundle only the changed file moves")
    func fiveSimulators() async throws {
        let output = try EventPipe("\(directory.path)/serve")
        let server = try Program.start("lynxctl", ["serve", "--port", "0", "--database", "ledger.sqlite"], in: directory.path, output: output)
        let url = String(try await output.expect("control plane listening on ")[0].split(separator: " ").last!)
        var runners: [Program] = []
        for number in 1...2 {
            try directory.write(
                "runner-\(number).yaml",
                """
                engines: [basilisk, command]
                scenarios: {}
                allow_bundles: true
                python_executable: \(Repository.python)
                output_root: \(directory.path)/runner-\(number)
                max_concurrent_jobs: 2
                """)
            runners.append(try Program.start("runner-host", ["--config", "runner-\(number).yaml", "--control-plane", url], in: directory.path))
        }
        var seen: Set<String> = []
        for example in Self.examples {
            try write(example)
            let (document, _) = try await run(example, at: url)
            #expect(document.results.count == 4)
            for result in document.results {
                #expect(result.success, "\(example.name): \(result.errorMessage ?? "")")
                #expect(
                    result.outputs?.contains { $0.name == example.output && $0.value != nil } == true,
                    "\(example.name): \(result.metadata.warnings)")
                #expect(result.metadata.provenance?.files["bundle"] != nil)
                seen.insert(result.metadata.runnerID)
            }
        }
        #expect(seen.count == 2)

        let changed = Self.examples[4]
        let source = try directory.read("cpp/shell.cpp")
        try directory.write("cpp/shell.cpp", source + "// changed\n")
        let (document, errors) = try await run(changed, at: url)
        #expect(document.results.allSatisfy { $0.success })
        #expect(errors.contains("to upload in 1 file"), "\(errors)")

        for runner in runners {
            runner.send(SIGTERM)
            let end = try await runner.end()
            #expect(end.exitCode == 0, "\(end.errors)")
        }
        server.send(SIGTERM)
        #expect(try await server.end().exitCode == 0)
    }

    private func run(_ example: Example, at url: String) async throws -> (StudyDocument, errors: String) {
        let submitted = try await ask("submit", "\(example.name)/study.yaml", "--runs", "4", at: url)
        let batch = try WireJSON.decode(BatchReceipt.self, from: Data(submitted.output.utf8)).batchID
        _ = try await ask("status", batch, "--watch", at: url)
        return (try StudyDocument(try await ask("results", batch, at: url).output), submitted.errors)
    }

    private func ask(_ words: String..., at url: String) async throws -> Program.End {
        try await Program.run("lynxctl", words + ["--control-plane", url, "--json"], in: directory.path)
    }

    /// Copies an example's files, and moves the options of its runner into the bundle of its study.
    private func write(_ example: Example) throws {
        let source = Repository.path("examples/\(example.name)")
        for file in try FileManager.default.contentsOfDirectory(atPath: source)
        where !["build", ".venv", ".lynx", "runner.yaml", "study.yaml"].contains(file) {
            try directory.write("\(example.name)/\(file)", try String(contentsOfFile: "\(source)/\(file)", encoding: .utf8))
        }
        let runner = try String(contentsOfFile: "\(source)/runner.yaml", encoding: .utf8)
        let options = runner.range(of: "\n  command:\n").map { runner[$0.upperBound...].split(separator: "\n").map { $0.dropFirst(4) } } ?? []
        let fields = ["path: ."] + example.bundle + options.map { $0.replacingOccurrences(of: "{working_directory}/.venv/bin/", with: "") }
        let study = try String(contentsOfFile: "\(source)/study.yaml", encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false)
        let type = example.name == "basilisk" ? "basilisk" : "command"
        let simulation = ["  simulation:", "    name: \(example.name)", "    type: \(type)", "    bundle:"]
        let bundle = fields.map { "      \($0)" }
        let text = study.flatMap { line in line.hasPrefix("  simulation:") ? simulation + bundle : [String(line)] }
        try directory.write("\(example.name)/study.yaml", text.joined(separator: "\n"))
    }
}
