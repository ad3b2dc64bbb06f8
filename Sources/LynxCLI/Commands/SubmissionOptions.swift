import ArgumentParser

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
