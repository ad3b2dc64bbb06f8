import Foundation
import Glibc
import Testing

/// A folder with a batch file, and with a fake runner and its configuration.
final class StudyFixture: Sendable {
    let directory: URL
    let events: EventPipe
    private let gate: Int32

    static let repository = URL(filePath: #filePath).appending(path: "../../../..").standardizedFileURL
    static let python = repository.appending(path: ".venv/bin/python").path
    private static let runnerScript = repository.appending(path: "Tests/lynxctlTests/Fixtures/fake_runner.py").path

    /// - Parameters:
    ///   - gated: jobs end only when the test lets them.
    ///   - runner: further lines of the runner's configuration.
    init(runs: Int, gated: Bool = false, runner: [String: String] = [:]) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "lynxctl-\(UUID())")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        events = try EventPipe(path: directory.appending(path: "events").path)
        let gatePath = directory.appending(path: "gate").path
        mkfifo(gatePath, 0o600)
        gate = open(gatePath, O_RDWR | O_CLOEXEC)

        let batch = """
            name: fake study
            config:
              simulation: {name: fake, type: fake}
              monte_carlo: {runs: \(runs), seed: 7}
              dispersions:
                mass: {distribution: {type: uniform, min: 1, max: 2}, units: kg}
            """
        try batch.write(to: file("batch.yaml"), atomically: false, encoding: .utf8)
        var config = ["events": events.path, "output": file("runs").path]
        if gated { config["gate"] = gatePath }
        config.merge(runner) { _, new in new }
        try config.map { "\($0.key): \($0.value)\n" }.joined().write(to: file("runner.yaml"), atomically: false, encoding: .utf8)
        let script = "#!/bin/sh\nexec '\(Self.python)' '\(Self.runnerScript)' \"$@\"\n"
        try script.write(to: file("fake-runner"), atomically: false, encoding: .utf8)
        chmod(file("fake-runner").path, 0o755)
    }

    deinit {
        close(gate)
        try? FileManager.default.removeItem(at: directory)
    }

    func file(_ name: String) -> URL { directory.appending(path: name) }

    /// Lets so many jobs end, now or when they come to it.
    func release(_ jobs: Int) {
        _ = [UInt8](repeating: 1, count: jobs).withUnsafeBytes { write(gate, $0.baseAddress, $0.count) }
    }

    var runArguments: [String] { ["--runner-config", "runner.yaml", "--runner-host", file("fake-runner").path] }

    func start(_ arguments: String...) throws -> Lynxctl {
        try Lynxctl.start(["run", "batch.yaml"] + runArguments + arguments, in: directory)
    }

    func run(_ arguments: String...) async throws -> Lynxctl.Output {
        try await Lynxctl.run(["run", "batch.yaml"] + runArguments + arguments, in: directory)
    }

    func resume(_ batch: String) async throws -> Lynxctl.Output {
        try await Lynxctl.run(["run", "--resume", batch] + runArguments, in: directory)
    }

    /// The run indices of the results that were reported, sorted.
    func reported() async throws -> [Int] {
        try await events.drain().compactMap { $0.hasPrefix("reported ") ? Int($0.dropFirst(9)) : nil }.sorted()
    }
}

extension Lynxctl.Output {
    /// The id that `lynxctl run` names when it has submitted the batch.
    var batchID: String? {
        standardError.lines.first { $0.contains(", batch ") }?.split(separator: " ").last.map(String.init)
    }
}
