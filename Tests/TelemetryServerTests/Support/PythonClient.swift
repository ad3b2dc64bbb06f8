import Foundation

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
        let (status, output, errors) = try await launch([name, "\(port)"] + arguments)
        guard status == 0 else { throw Failure(description: "\(name): status \(status): \(errors)") }
        return try JSONDecoder().decode(Answer.self, from: Data(output.utf8))
    }

    /// The exit status, or the signal that ended the process as a negative number.
    static func runToDeath(_ name: String, _ port: UInt16) async throws -> Int32 {
        try await launch([name, "\(port)"]).status
    }

    private static func launch(
        _ arguments: [String]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let root = tests.deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = root.appending(path: ".venv/bin/python")
        process.arguments = [tests.appending(path: "Python/client.py").path] + arguments
        // Files rather than pipes: nobody has to read while the process runs.
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (output, errors) = (folder.appending(path: "out"), folder.appending(path: "err"))
        for file in [output, errors] { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONDONTWRITEBYTECODE": "1"]) { $1 }
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        let status = process.terminationReason == .exit ? process.terminationStatus : -process.terminationStatus
        return (status, try String(contentsOf: output, encoding: .utf8), try String(contentsOf: errors, encoding: .utf8))
    }
}
