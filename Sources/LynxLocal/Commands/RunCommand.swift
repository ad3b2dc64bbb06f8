import ArgumentParser
import FoundationEssentials
import Glibc
import Logging
import LynxCLI
import LynxCommands
import LynxModel

struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Run a study on this machine: control plane, runner and all.",
        discussion: """
            Keeps the ledger and the logs in the state directory. Ctrl-C lets running jobs finish, a second one stops at \
            once; either way the study can be gone on with, and no job that has ended runs again.

            EXAMPLES:
              lynxctl run study.yaml --runner-config runner.yaml
              lynxctl run study.yaml --runner-config runner.yaml --runs 500 --seed 42
              lynxctl run study.yaml --runner-config runner.yaml --open
              lynxctl run --resume BATCH_ID --runner-config runner.yaml

            \(ExitStatus.help)
            """)

    @Argument(help: ArgumentHelp("The batch file (YAML); not needed with --resume.", valueName: "batch.yaml"))
    var batch: String?

    @Option(help: ArgumentHelp("The configuration of runner-host.", valueName: "runner.yaml"))
    var runnerConfig: String

    @OptionGroup var changes: SubmissionOptions

    @Option(help: ArgumentHelp("Go on with an unfinished batch of this state directory.", valueName: "batch-id"))
    var resume: String?

    @Option(help: ArgumentHelp("The folder of the ledger and the logs.", valueName: "dir"))
    var state = StateDirectory.standardPath

    @Option(help: ArgumentHelp("Engines to load, comma-separated, instead of the runner configuration's.", valueName: "ids"))
    var engines: String?

    @Option(help: ArgumentHelp("Jobs at a time, instead of the runner configuration's.", valueName: "n"))
    var maxConcurrentJobs: Int?

    @Option(help: ArgumentHelp("The runner-host to start (default: the one beside lynxctl).", valueName: "path"))
    var runnerHost: String?

    @Flag(help: "Every run and every file in the results, however many.")
    var all = false

    @Flag(help: "Show the study in a browser while it runs, and stay until Ctrl-C when it is over.")
    var open = false

    @Flag(help: "The results as JSON on standard output, for scripts.")
    var json = false

    @Flag(help: "Prepare the first run, show its files and what would be executed, and end. A bundle's requirements are installed for it, and its build commands run.")
    var dryRun = false

    func validate() throws {
        if dryRun, resume != nil { throw ValidationError("--dry-run prepares the first run of a batch file: leave --resume out.") }
        if batch == nil, resume == nil { throw ValidationError("Give a batch file, or --resume BATCH_ID.") }
        if resume != nil, batch != nil { throw ValidationError("--resume goes on with the batch as submitted: leave the batch file out.") }
        if resume != nil, changes.runs != nil || changes.seed != nil || changes.bundle != nil {
            throw ValidationError("--resume goes on with the batch as submitted: leave --runs, --seed and --bundle out.")
        }
        if let maxConcurrentJobs, maxConcurrentJobs < 1 { throw ValidationError("--max-concurrent-jobs must be at least 1.") }
    }

    func run() async throws {
        let work: StudyOptions.Work = if let resume { .resume(batchID: resume) } else { .submit(try BatchFile.read(batch!, changes)) }
        guard access(runnerConfig, R_OK) == 0 else {
            throw CLIError.badInput("cannot read --runner-config \(runnerConfig): \(SystemMessage.text(errno))")
        }
        if case .submit(let submission) = work, dryRun || submission.config.simulation.bundle != nil {
            let preparation = Preparation(
                of: submission, batchFile: batch!, runnerHost: try RunnerHostLocation.find(named: runnerHost), runnerConfig: runnerConfig, engines: engines)
            // What is wrong with a bundle is found here, before each of its jobs fails for it.
            try preparation.perform(keep: dryRun)
            if dryRun { return }
        }
        let options = StudyOptions(
            work: work, runnerHost: try RunnerHostLocation.find(named: runnerHost), runnerConfig: runnerConfig, engines: engines,
            maxConcurrentJobs: maxConcurrentJobs)
        let directory = try StateDirectory(path: state)
        let code = try await LocalRun(options: options, showAll: all, json: json, opensPage: open).perform(in: directory) { ledger, logger, body in
            try await EmbeddedControlPlane.with(ledger: ledger, logger: logger, body)
        }
        if code != ExitStatus.success { throw ExitCode(code) }
    }
}
