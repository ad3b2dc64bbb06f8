import ArgumentParser
import LynxCLI
import LynxModel

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Validate a study, without running any of it.",
        discussion: """
            Tells everything that is wrong with the batch file, each with its line and column. With a runner configuration, the \
            engine is loaded and prepares the first run, as far as that is possible without starting it: programs and files are \
            looked for, and templates are filled. Of code that comes along as a bundle, the folder, the files that are named of it, the \
            requirements, the build commands and the engine's options are checked.

            EXAMPLES:
              lynxctl check study.yaml
              lynxctl check study.yaml --runner-config runner.yaml

            \(ExitStatus.help)
            """)

    @Argument(help: ArgumentHelp("The batch file (YAML).", valueName: "batch.yaml"))
    var batch: String

    @OptionGroup var changes: SubmissionOptions

    @Option(help: ArgumentHelp("The configuration of runner-host that is to run it.", valueName: "runner.yaml"))
    var runnerConfig: String?

    @Option(help: ArgumentHelp("The runner-host to ask (default: the one beside lynxctl).", valueName: "path"))
    var runnerHost: String?

    func run() throws {
        let submission = try BatchFile.read(batch, changes)
        OutputStream.standard.line("\(batch): \(Self.summary(of: submission))")
        guard let runnerConfig else { return }
        let preparation = Preparation(
            of: submission, batchFile: batch, runnerHost: try RunnerHostLocation.find(named: runnerHost), runnerConfig: runnerConfig)
        try preparation.perform(keep: false)
        OutputStream.standard.line(
            preparation.condition.map { "\(runnerConfig): its engine takes the bundle's options; run 0 can be prepared when \($0), as by 'lynxctl run --dry-run'" }
                ?? "\(runnerConfig): run 0 can be prepared")
    }

    static func summary(of submission: BatchSubmission) -> String {
        let config = submission.config
        var parts = [
            "\(NumberText.count(submission.runs, "run")) of \(config.simulation.name) on '\(config.simulation.type)'",
            config.monteCarlo.samplingMethod.rawValue + (config.monteCarlo.seed.map { " with seed \($0)" } ?? " with a seed of its own for each submission"),
            NumberText.count(config.dispersions.count + Set(config.monteCarlo.table?.columns ?? []).subtracting(config.dispersions.keys).count, "parameter"),
        ]
        let others = [(config.outputs?.count ?? 0, "output"), (config.requirements?.count ?? 0, "requirement"), (config.earlyTermination.conditions.count, "condition")]
        parts += others.filter { $0.0 > 0 }.map { NumberText.count($0.0, $0.1) }
        return parts.joined(separator: ", ")
    }
}
