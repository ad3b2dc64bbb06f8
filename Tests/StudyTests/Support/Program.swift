import Foundation
import Glibc
import Synchronization
import TestSupport

/// One of the project's executables at work. Killed with this object, should it still run.
final class Program: Sendable {
    struct End: Sendable {
        /// Nil where a signal ended it.
        var exitCode: Int32?
        var signal: Int32?
        var output: String
        var errors: String

        var errorLines: [String] { errors.split(whereSeparator: \.isNewline).map(String.init) }
    }

    let pid: pid_t
    private let hasEnded: Mutex<Bool>
    private let finished: Task<(status: Int32, reason: Process.TerminationReason), Never>
    private let files: TemporaryDirectory

    private init(
        pid: pid_t, finished: Task<(status: Int32, reason: Process.TerminationReason), Never>, files: TemporaryDirectory
    ) {
        self.pid = pid
        self.finished = finished
        self.files = files
        hasEnded = Mutex(false)
    }

    deinit { send(SIGKILL) }

    /// - Parameters:
    ///   - name: `lynxctl` or `runner-host`.
    ///   - output: what takes standard output, instead of a file for `End`; so for `errors`.
    static func start(
        _ name: String, _ arguments: [String], in directory: String, environment: [String: String] = [:],
        output: EventPipe? = nil, errors: EventPipe? = nil
    ) throws -> Program {
        // What the person who runs the tests has set for their own runner is no part of them.
        var changes: [String: String?] = [:]
        for name in ProcessInfo.processInfo.environment.keys where name.hasPrefix("LYNX_") { changes.updateValue(nil, forKey: name) }
        for (name, value) in environment { changes[name] = value }
        let process = try Command.make("\(Repository.products)/\(name)", arguments, in: directory, environment: changes)
        let files = try TemporaryDirectory()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: try output?.path ?? files.write("out", ""))
        process.standardError = FileHandle(forWritingAtPath: try errors?.path ?? files.write("err", ""))
        let (ends, sender) = AsyncStream.makeStream(of: (status: Int32, reason: Process.TerminationReason).self)
        process.terminationHandler = {
            sender.yield(($0.terminationStatus, $0.terminationReason))
            sender.finish()
        }
        try process.run()
        let finished = Task {
            var iterator = ends.makeAsyncIterator()
            return await iterator.next()!
        }
        return Program(pid: process.processIdentifier, finished: finished, files: files)
    }

    static func run(
        _ name: String, _ arguments: [String], in directory: String, environment: [String: String] = [:]
    ) async throws -> End {
        try await start(name, arguments, in: directory, environment: environment).end()
    }

    func send(_ signal: Int32) {
        if !hasEnded.withLock({ $0 }) { kill(pid, signal) }
    }

    func end() async throws -> End {
        let (status, reason) = await finished.value
        hasEnded.withLock { $0 = true }
        let wasKilled = reason == .uncaughtSignal
        return End(
            exitCode: wasKilled ? nil : status, signal: wasKilled ? status : nil,
            output: (try? files.read("out")) ?? "", errors: (try? files.read("err")) ?? "")
    }
}
