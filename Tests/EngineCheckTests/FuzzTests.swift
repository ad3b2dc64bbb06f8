import Foundation
import TestSupport
import Testing

@Suite("Random calls of an engine", .timeLimit(.minutes(10)))
struct FuzzTests {
    /// What is printed for one failure.
    private struct Failure {
        var message: String
        var steps: [Substring]
        /// The line that repeats it.
        var command: String

        /// The first of them.
        init(_ end: Program.End) throws {
            let lines = end.output.split(separator: "\n").drop { !$0.hasPrefix("FAILED   ") }
            message = String(try #require(lines.first, "\(end.output)\(end.errors)").dropFirst("FAILED   ".count))
            let rest = lines.dropFirst().prefix { $0.hasPrefix("         ") }
            command = try #require(rest.last).trimmingCharacters(in: .whitespaces)
            steps = rest.dropLast().map { $0.drop { $0 == " " } }
        }
    }

    /// Runs a line as a person would copy it, in the same folder and environment.
    private func run(_ line: String, in folder: String, fault: String) async throws -> Program.End {
        try await Program.run("/bin/sh", ["-c", line], in: folder, environment: ["LYNX_CHECK_FAULT": fault])
    }

    @Test("The line that is printed with a failure makes the same calls and the same failure again", arguments: [
        "job-hostile-url", "run-config-not-utf8", "configure-empty-values", "hangs-in-launch",
    ])
    func repeats(fault: String) async throws {
        let directory = try TemporaryDirectory()
        // A name that a shell takes apart, and options that are part of what failed.
        let folder = directory.file("lab's engines")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let engine = try await CheckFaultTests.engine(in: directory)
        try FileManager.default.moveItem(atPath: engine, toPath: folder + "/my engine.so")
        chmod(folder, 0o755)
        _ = try directory.write("lab's engines/options.yaml", "first: one\nsecond: two words\n")
        let limit = fault == "hangs-in-launch" ? "--time-limit 2" : ""
        let line = "'\(Repository.products)/runner-host' check-engine 'my engine.so' --options options.yaml \(limit)"

        // Until there is one: each round goes on where a seed of its own begins.
        var found: Failure?
        for seed in 1...20 where found == nil {
            let end = try await run("\(line) --fuzz 10s --seed \(seed)", in: folder, fault: fault)
            if end.exitCode == 1 { found = try Failure(end) }
        }
        let failure = try #require(found, "no sequence failed")
        for _ in 0..<2 {
            let end = try await run(failure.command, in: folder, fault: fault)
            #expect(end.exitCode == 1, "\(end.output)\(end.errors)")
            let again = try Failure(end)
            #expect(again.message == failure.message)
            #expect(again.command == failure.command)
            // The first time only the last ones are shown.
            #expect(!failure.steps.isEmpty && Array(again.steps.suffix(failure.steps.count)) == failure.steps)
        }
    }

    @Test("A sequence that does not fail says so")
    func passes() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await CheckFaultTests.engine(in: directory)
        for seed in [0, UInt64.max] {
            let end = try await Program.run("runner-host", ["check-engine", engine, "--reproduce", "\(seed)"])
            #expect(end.exitCode == 0 && end.outputLines.last == "the sequence did not fail", "\(end.output)\(end.errors)")
        }
    }
}
