import Foundation
import LynxModel
import TestSupport

/// `lynxctl serve` for a study, and the commands that talk to it.
struct ControlPlaneServer: Sendable {
    let program: Program
    let url: String
    private let study: StudyFixture

    /// Returns when it listens. `address` is where an earlier one was.
    static func start(
        _ study: StudyFixture, at address: String? = nil, database: String = "ledger.sqlite", environment: [String: String?] = [:]
    ) async throws -> ControlPlaneServer {
        let port = address.flatMap { $0.split(separator: ":").last.map(String.init) } ?? "0"
        let output = try EventPipe("\(study.directory.path)/serve-\(UUID())")
        let program = try study.start("lynxctl", ["serve", "--port", port, "--database", database], environment: environment, output: output)
        let line = try await output.expect("control plane listening on ")[0]
        return ControlPlaneServer(program: program, url: String(line.split(separator: " ").last!), study: study)
    }

    /// A `runner-host` that works for it.
    func startRunner(environment: [String: String?] = [:], errors: EventPipe? = nil) throws -> Program {
        try study.start("runner-host", ["--config", "runner.yaml", "--control-plane", url], environment: environment, errors: errors)
    }

    /// - Parameter runs: instead of the batch's own number.
    func submit(runs: Int? = nil) async throws -> String {
        let end = try await ask(["submit", "batch.yaml"] + (runs.map { ["--runs", "\($0)"] } ?? []))
        return try WireJSON.decode(BatchReceipt.self, from: Data(end.output.utf8)).batchID
    }

    /// Waits until the batch has ended.
    func results(of batch: String) async throws -> StudyDocument {
        _ = try await ask("status", batch, "--watch")
        return try StudyDocument(try await ask("results", batch).output)
    }

    func jobs(of batch: String) async throws -> [Job] {
        try WireJSON.decode([String: [Job]].self, from: Data(try await ask("jobs", batch).output.utf8))["jobs"] ?? []
    }

    /// The jobs, once they are as `condition` says.
    func jobs(of batch: String, once condition: ([Job]) -> Bool) async throws -> [Job] {
        while true {
            let jobs = try await jobs(of: batch)
            if condition(jobs) { return jobs }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    func ask(_ arguments: String...) async throws -> Program.End { try await ask(arguments) }

    private func ask(_ arguments: [String]) async throws -> Program.End {
        try await Program.run("lynxctl", arguments + ["--control-plane", url, "--json"], in: study.directory.path)
    }
}
