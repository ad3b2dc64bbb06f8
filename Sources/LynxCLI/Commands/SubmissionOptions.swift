import ArgumentParser
import LynxModel

/// What replaces fields of a batch file for one submission.
struct SubmissionOptions: ParsableArguments {
    @Option(help: ArgumentHelp("As many runs, instead of config.monte_carlo.runs.", valueName: "n"))
    var runs: Int?

    @Option(help: ArgumentHelp("Draw the samples with this seed, instead of config.monte_carlo.seed.", valueName: "n"))
    var seed: UInt64?

    func validate() throws {
        if let runs, runs < 1 { throw ValidationError("--runs \(runs) is no number of runs: it must be at least 1.") }
    }
}

/// Reads a batch file for a command.
enum BatchFile {
    static func read(_ path: String, _ changes: SubmissionOptions) throws -> BatchSubmission {
        var submission: BatchSubmission
        do {
            submission = try BatchSubmission.read(yamlFile: path)
        } catch {
            var failure = CLIError(error.description.split(separator: "\n").map(String.init), exitCode: ExitStatus.badInput)
            failure.hasPlaces = true
            throw failure
        }
        if let runs = changes.runs { submission.runsOverride = runs }
        if let seed = changes.seed { submission.config.monteCarlo.seed = seed }
        return submission
    }
}
