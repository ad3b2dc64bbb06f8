import FoundationEssentials
import Glibc
package import LynxModel
import Sampling
import Support

/// Lets `runner-host` prepare the first run of a study, which finds what is wrong with both without running any of it.
package struct Preparation {
    let batch: BatchSubmission
    let batchFile: String
    let runnerHost: String
    let runnerConfig: String
    let engines: String?

    /// - Parameters:
    ///   - batchFile: the path of the file that the batch was read from, for the places of errors.
    ///   - engines: those to load, separated by commas; nil for those of the runner's configuration.
    package init(of batch: BatchSubmission, batchFile: String, runnerHost: String, runnerConfig: String, engines: String? = nil) {
        self.batch = batch
        self.batchFile = batchFile
        self.runnerHost = runnerHost
        self.runnerConfig = runnerConfig
        self.engines = engines
    }

    /// What has to be done before run 0 can be prepared, as its program may come of it; `perform` does it with `keep` alone. Nil: nothing.
    package var condition: String? {
        guard let bundle = batch.config.simulation.bundle else { return nil }
        let parts = [bundle.requirements == nil ? nil : "its requirements are installed", bundle.build == nil ? nil : "the build commands have run"]
        return parts.allSatisfy { $0 == nil } ? nil : parts.compactMap(\.self).joined(separator: " and ")
    }

    /// - Parameter keep: whether the run's directory is kept, and shown with what would be executed. For that a bundle's requirements are
    ///   installed, and its build commands run.
    /// - Throws: `CLIError` with the exit code of `runner-host`, which has said what is wrong.
    package func perform(keep: Bool) throws {
        let sampler = Sampler(config: batch.config, runs: batch.firstRuns, seed: batch.config.monteCarlo.seed ?? 0)
        let run = sampler.runConfiguration(jobID: "dry-run-0", batchID: "dry-run", index: 0)
        let file = FileManager.default.temporaryDirectory.path + "/lynx-dry-run-\(getpid())"
        defer { for suffix in [".json", ".bundle"] { unlink(file + suffix) } }
        func write(_ content: Data, _ suffix: String) throws {
            do { try content.write(to: URL(fileURLWithPath: file + suffix)) } catch { throw CLIError.unavailable("cannot write \(file)\(suffix): \(error)") }
        }
        try write(try WireJSON.encode(run), ".json")
        var words = [runnerHost, "prepare", file + ".json", "--config", runnerConfig]
        if let engines { words += ["--engines", engines] }
        if let bundle = batch.config.simulation.bundle {
            words += ["--allow-bundles", "true", "--batch-file", batchFile]
            if let path = bundle.path {
                let folder = try BundleFolder(path)
                try write(Data(try folder.manifest().text), ".bundle")
                words += ["--bundle-folder", folder.root, "--bundle-manifest", file + ".bundle"]
            }
        }
        let code = try Self.run(words + (keep ? ["--keep"] : []))
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
