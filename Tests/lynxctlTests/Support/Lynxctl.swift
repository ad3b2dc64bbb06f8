import Foundation
import Glibc
import Testing

/// A run of the built `lynxctl`.
struct Lynxctl {
    struct Output: Sendable {
        var exitCode: Int32
        /// The signal that ended it, where one did.
        var signal: Int32?
        var standardOutput: String
        var standardError: String
    }

    let pid: pid_t
    private let finished: Task<(code: Int32, reason: Process.TerminationReason), Never>
    private let output: URL
    private let error: URL

    /// The executable beside the one that runs the tests.
    static let executable: URL = {
        let tests = try! FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(filePath: tests).deletingLastPathComponent().appending(path: "lynxctl")
    }()

    /// - Parameter through: a program that runs it, such as one that gives it a terminal.
    static func start(
        _ arguments: [String], in directory: URL, environment: [String: String] = [:], through: [String] = []
    ) throws -> Lynxctl {
        let command = through + [executable.path] + arguments
        let output = directory.appending(path: "stdout-\(UUID())")
        let error = directory.appending(path: "stderr-\(UUID())")
        for file in [output, error] { try Data().write(to: file) }
        let process = Process()
        process.executableURL = URL(filePath: command[0])
        process.arguments = Array(command.dropFirst())
        process.currentDirectoryURL = directory
        var inherited = ProcessInfo.processInfo.environment
        inherited["LYNX_CONTROL_PLANE_URL"] = nil
        inherited["NO_COLOR"] = nil
        process.environment = inherited.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: error)
        let (ends, sender) = AsyncStream.makeStream(of: (code: Int32, reason: Process.TerminationReason).self)
        process.terminationHandler = {
            sender.yield(($0.terminationStatus, $0.terminationReason))
            sender.finish()
        }
        try process.run()
        let finished = Task {
            var iterator = ends.makeAsyncIterator()
            return await iterator.next()!
        }
        return Lynxctl(pid: process.processIdentifier, finished: finished, output: output, error: error)
    }

    static func run(
        _ arguments: [String], in directory: URL, environment: [String: String] = [:], through: [String] = []
    ) async throws -> Output {
        try await start(arguments, in: directory, environment: environment, through: through).end()
    }

    func send(_ signal: Int32) { kill(pid, signal) }

    func end() async throws -> Output {
        let (code, reason) = await finished.value
        return Output(
            exitCode: code, signal: reason == .uncaughtSignal ? code : nil,
            standardOutput: try String(contentsOf: output, encoding: .utf8),
            standardError: try String(contentsOf: error, encoding: .utf8))
    }
}

extension String {
    var lines: [String] { split(whereSeparator: \.isNewline).map(String.init) }
}
