import Foundation
import TestSupport

/// Runs a case of `Python/client.py`: the official grpcio client in a process of its own.
enum PythonClient {
    struct Answer: Decodable {
        var accepted: Int?
        var status: String?
        var details: String?
        var late: [String]?
        var cancelled: Bool?
        var checks: [String]?
        var watches: [String]?
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What the case printed. Throws when it ended otherwise than by printing and exiting 0.
    static func run(_ name: String, _ port: UInt16, _ arguments: String...) async throws -> Answer {
        let end = try await launch([name, "\(port)"] + arguments)
        guard end.exitCode == 0 else { throw Failure(description: "\(name): \(end)") }
        return try JSONDecoder().decode(Answer.self, from: Data(end.output.utf8))
    }

    /// The signal that ended the process, if one did.
    static func runToDeath(_ name: String, _ port: UInt16) async throws -> Int32? {
        try await launch([name, "\(port)"]).signal
    }

    private static func launch(_ arguments: [String]) async throws -> Program.End {
        try await Program.run(
            Repository.python, [Repository.path("Tests/TelemetryServerTests/Python/client.py")] + arguments,
            environment: ["PYTHONDONTWRITEBYTECODE": "1"])
    }
}
