import FoundationEssentials
import Glibc
package import LynxModel
import Sampling
import Support

/// Lets `runner-host` prepare the first run of a study, which finds what is wrong with both without starting anything.
package struct Preparation {
    let batch: BatchSubmission
    let runnerHost: String
    let runnerConfig: String

    package init(of batch: BatchSubmission, runnerHost: String, runnerConfig: String) {
        self.batch = batch
        self.runnerHost = runnerHost
        self.runnerConfig = runnerConfig
    }

    /// - Parameter keep: whether the run's directory is kept, and shown with what would be executed.
    /// - Throws: `CLIError` with the exit code of `runner-host`, which has said what is wrong.
    package func perform(keep: Bool) throws {
        let sampler = Sampler(config: batch.config, runs: batch.firstRuns, seed: batch.config.monteCarlo.seed ?? 0)
        let run = sampler.runConfiguration(jobID: "dry-run-0", batchID: "dry-run", index: 0)
        let file = FileManager.default.temporaryDirectory.path + "/lynx-dry-run-\(getpid()).json"
        defer { unlink(file) }
        do {
            try WireJSON.encode(run).write(to: URL(fileURLWithPath: file))
        } catch {
            throw CLIError.unavailable("cannot write \(file): \(error)")
        }
        let code = try Self.run([runnerHost, "prepare", file, "--config", runnerConfig] + (keep ? ["--keep"] : []))
        if code != 0 { throw CLIError([], exitCode: code) }
    }

    /// Runs a program with this one's standard streams, and gives its exit code.
    private static func run(_ command: [String]) throws -> Int32 {
        var pid: pid_t = 0
        let words = command.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        let failure = posix_spawn(&pid, command[0], nil, nil, words, environ)
        guard failure == 0 else { throw CLIError.unavailable("cannot start \(command[0]): \(SystemMessage.text(failure))") }
        var status: CInt = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let signal = status & 0x7F
        return signal == 0 ? (status >> 8) & 0xFF : ExitStatus.signalled(signal)
    }
}
