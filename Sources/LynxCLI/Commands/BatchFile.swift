import LynxModel

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
