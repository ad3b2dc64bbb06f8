package import Foundation
import Synchronization

/// A program run to its end, with what it printed.
package struct Command: Sendable {
    package var exitCode: Int32
    package var output: String
    package var errors: String

    /// Runs a program without a shell. `environment` is added to this process's; a nil value takes one away.
    package static func run(
        _ program: String, _ arguments: [String], in directory: String? = nil, environment: [String: String?] = [:]
    ) async throws -> Command {
        let process = try make(program, arguments, in: directory, environment: environment)
        let files = try TemporaryDirectory()
        let streams = ["out", "err"].map { files.path + "/" + $0 }
        // Files, not pipes: nothing has to be read while it runs.
        for stream in streams { _ = FileManager.default.createFile(atPath: stream, contents: nil) }
        process.standardOutput = FileHandle(forWritingAtPath: streams[0])
        process.standardError = FileHandle(forWritingAtPath: streams[1])
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            process.terminationHandler = { _ in continuation.resume() }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return Command(exitCode: process.terminationStatus, output: try files.read("out"), errors: try files.read("err"))
    }

    package static func make(
        _ program: String, _ arguments: [String], in directory: String? = nil, environment: [String: String?] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(filePath: program.hasPrefix("/") ? program : try find(program))
        process.arguments = arguments
        // Whoever outlived a test would hold the test runner's own streams open.
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        if let directory { process.currentDirectoryURL = URL(filePath: directory) }
        process.environment = ProcessInfo.processInfo.environment.merging(environment.compactMapValues { $0 }) { $1 }
            .filter { pair in environment[pair.key].map { $0 != nil } ?? true }
        return process
    }

    private static func find(_ program: String) throws -> String {
        for directory in (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":") {
            let path = "\(directory)/\(program)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: program])
    }
}
