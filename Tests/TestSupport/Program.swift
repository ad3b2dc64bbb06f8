import Foundation
import Glibc

/// A child process of a test. It is killed with this object, should it still run, or when the test that awaits its end is cancelled.
package final class Program: Sendable {
    package struct End: Sendable {
        /// Nil where a signal ended it.
        package var exitCode: Int32?
        package var signal: Int32?
        /// What it printed, unless something else took it.
        package var output: String
        package var errors: String

        package var outputLines: [String] { output.split(whereSeparator: \.isNewline).map(String.init) }
        package var errorLines: [String] { errors.split(whereSeparator: \.isNewline).map(String.init) }
    }

    package var pid: Int32 { process.processIdentifier }

    private let process: Process
    private let finished: Task<Void, Never>
    private let files: TemporaryDirectory

    private init(_ process: Process, finished: Task<Void, Never>, files: TemporaryDirectory) {
        self.process = process
        self.finished = finished
        self.files = files
    }

    deinit { send(SIGKILL) }

    /// Starts a program without a shell; the parameters are `Command.make`'s.
    ///
    /// - Parameter output: what takes standard output, instead of a file for `End`; so for `errors`.
    package static func start(
        _ program: String, _ arguments: [String] = [], in directory: String? = nil, environment: [String: String?] = [:],
        output: EventPipe? = nil, errors: EventPipe? = nil
    ) throws -> Program {
        let process = try Command.make(program, arguments, in: directory, environment: environment)
        let files = try TemporaryDirectory()
        // Files, not pipes: nothing has to be read while it runs.
        process.standardOutput = FileHandle(forWritingAtPath: try output?.path ?? files.write("out", ""))
        process.standardError = FileHandle(forWritingAtPath: try errors?.path ?? files.write("err", ""))
        let (ends, sender) = AsyncStream.makeStream(of: Void.self)
        process.terminationHandler = { _ in sender.finish() }
        try process.run()
        return Program(process, finished: Task { for await _ in ends {} }, files: files)
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String] = [], in directory: String? = nil, environment: [String: String?] = [:]
    ) async throws -> End {
        try await start(program, arguments, in: directory, environment: environment).end()
    }

    package func send(_ signal: Int32) {
        if process.isRunning { kill(pid, signal) }
    }

    package func end() async throws -> End {
        await withTaskCancellationHandler {
            await finished.value
        } onCancel: {
            send(SIGKILL)
        }
        let wasKilled = process.terminationReason == .uncaughtSignal
        return End(
            exitCode: wasKilled ? nil : process.terminationStatus, signal: wasKilled ? process.terminationStatus : nil,
            output: (try? files.read("out")) ?? "", errors: (try? files.read("err")) ?? "")
    }
}
