import TestSupport

/// A folder with a batch file, and with a fake runner and its configuration.
final class StudyFixture: Sendable {
    let directory: TemporaryDirectory
    let events: EventPipe
    private let gate: Gate

    /// - Parameters:
    ///   - gated: jobs end only when the test lets them.
    ///   - runner: further lines of the runner's configuration.
    init(runs: Int, gated: Bool = false, runner: [String: String] = [:]) throws {
        directory = try TemporaryDirectory()
        events = try EventPipe(directory.file("events"))
        gate = try Gate(directory.file("gate"))
        try directory.write(
            "batch.yaml",
            """
            name: fake study
            config:
              simulation: {name: fake, type: fake}
              monte_carlo: {runs: \(runs), seed: 7}
              dispersions:
                mass: {distribution: {type: uniform, min: 1, max: 2}, units: kg}
            """)
        var config = ["events": events.path, "output": directory.file("runs")]
        if gated { config["gate"] = gate.path }
        config.merge(runner) { _, new in new }
        try directory.write("runner.yaml", config.map { "\($0.key): \($0.value)\n" }.joined())
        let script = Repository.path("Tests/lynxctlTests/Fixtures/fake_runner.py")
        try directory.write("fake-runner", "#!/bin/sh\nexec '\(Repository.python)' '\(script)' \"$@\"\n", mode: 0o755)
    }

    /// Lets so many jobs end, now or when they come to it.
    func release(_ jobs: Int) { gate.open(for: jobs) }

    var runArguments: [String] { ["run", "batch.yaml"] + runnerArguments }
    var runnerArguments: [String] { ["--runner-config", "runner.yaml", "--runner-host", directory.file("fake-runner")] }

    /// Any call of `lynxctl`.
    func lynxctl(_ arguments: [String], environment: [String: String?] = [:]) async throws -> Program.End {
        try await Program.run("lynxctl", arguments, in: directory.path, environment: environment)
    }

    func start(_ arguments: String...) throws -> Program {
        try Program.start("lynxctl", runArguments + arguments, in: directory.path)
    }

    func run(_ arguments: String...) async throws -> Program.End { try await lynxctl(runArguments + arguments) }

    func resume(_ batch: String) async throws -> Program.End { try await lynxctl(["run", "--resume", batch] + runnerArguments) }

    /// The run indices of the results that were reported, sorted.
    func reported() -> [Int] {
        events.drain().compactMap { $0.hasPrefix("reported ") ? Int($0.dropFirst(9)) : nil }.sorted()
    }
}

extension Program.End {
    /// The id that `lynxctl run` names when it has submitted the batch.
    var batchID: String? {
        errorLines.first { $0.contains(", batch ") }?.split(separator: " ").last.map(String.init)
    }
}
