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

    package var pid: Int32 { process.pid }

    private let process: ChildProcess
    private let files: TemporaryDirectory

    private init(_ process: ChildProcess, files: TemporaryDirectory) {
        self.process = process
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
        var plan = try Command.make(program, arguments, in: directory, environment: environment)
        let files = try TemporaryDirectory()
        // Files, not pipes: nothing has to be read while it runs.
        let (out, err) = (
            FileHandle(forWritingAtPath: try output?.path ?? files.write("out", "")),
            FileHandle(forWritingAtPath: try errors?.path ?? files.write("err", ""))
        )
        plan.standardOutput = out?.fileDescriptor
        plan.standardError = err?.fileDescriptor
        return try withExtendedLifetime((out, err)) { Program(try ChildProcess(plan), files: files) }
    }

    /// Runs a program to its end.
    package static func run(
        _ program: String, _ arguments: [String] = [], in directory: String? = nil, environment: [String: String?] = [:]
    ) async throws -> End {
        try await start(program, arguments, in: directory, environment: environment).end()
    }

    package func send(_ signal: Int32) { process.send(signal) }

    package func end() async throws -> End {
        let status = await withTaskCancellationHandler {
            await process.ended()
        } onCancel: {
            send(SIGKILL)
        }
        return End(
            exitCode: status.exitCode, signal: status.signal, output: (try? files.read("out")) ?? "", errors: (try? files.read("err")) ?? "")
    }
}
