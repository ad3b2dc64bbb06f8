package import ArgumentParser
import LynxCLI
package import LynxModel
import Sampling

/// What replaces fields of a batch file for one submission.
package struct SubmissionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("As many runs, instead of config.monte_carlo.runs.", valueName: "n"))
    package var runs: Int?

    @Option(help: ArgumentHelp("Draw the samples with this seed, instead of config.monte_carlo.seed.", valueName: "n"))
    package var seed: UInt64?

    @Option(help: ArgumentHelp("Send this folder with the batch, instead of config.simulation.bundle.path.", valueName: "dir"))
    package var bundle: String?

    package init() {}

    package func validate() throws {
        if let runs, runs < 1 { throw ValidationError("--runs \(runs) is no number of runs: it must be at least 1.") }
    }
}

/// Reads a batch file for a command.
package enum BatchFile {
    package static func read(_ path: String, _ changes: SubmissionOptions) throws -> BatchSubmission {
        var submission: BatchSubmission
        do {
            submission = try BatchSubmission.read(yamlFile: path, judgedBy: { $0.config.samplingProblems })
        } catch {
            throw CLIError(error)
        }
        if let runs = changes.runs { submission.runsOverride = runs }
        if let seed = changes.seed { submission.config.monteCarlo.seed = seed }
        try take(changes.bundle, into: &submission, besideFile: path)
        try BundleCheck(submission, batchFile: path, isFolderGiven: changes.bundle != nil)?.perform()
        return submission
    }

    /// Makes the bundle's folder one that is relative to the current directory.
    private static func take(_ folder: String?, into submission: inout BatchSubmission, besideFile path: String) throws {
        if let folder {
            guard submission.config.simulation.scenario == nil else {
                throw CLIError.badInput("\(path): config.simulation.scenario names what runs; leave --bundle or the scenario out")
            }
            guard submission.config.simulation.bundle != nil else {
                throw CLIError.badInput("\(path): does not say what is run of the bundle; add 'bundle: {entrypoint: FILE}' under config.simulation")
            }
            submission.config.simulation.bundle?.sha256 = nil
            submission.config.simulation.bundle?.path = folder
        } else if let given = submission.config.simulation.bundle?.path, !given.hasPrefix("/") {
            let beside = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[...$0]) } ?? ""
            submission.config.simulation.bundle?.path = beside + given
        }
    }
}
