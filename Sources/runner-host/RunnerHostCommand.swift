import ArgumentParser
import RunnerHost

/// `runner-host`: runs the jobs of a control plane on this machine.
struct RunnerHostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runner-host",
        abstract: "Runs the jobs of a control plane on this machine.",
        discussion: """
            Loads the engines asked for, claims jobs up to its limit, supervises each simulation and reports its result.
            Options override LYNX_RUNNER_* variables, which override the file.

              runner-host --config configs/lynx-runner-basilisk.yaml
              runner-host --engines basilisk,px4_sitl --engine-path /opt/lab/engines

            SIGTERM or Ctrl-C drains: running jobs finish, then it ends. A second one ends them at once.

            EXIT CODES: 0 drained; 1 the control plane refused this runner; 2 bad input; 70 an engine has closed this process's
            descriptors.

            CONFIGURATION, each flag with a value:
            \(ConfigurationFlags.help)
            """,
        version: RunnerProcess.version,
        subcommands: [EnginesCommand.self])

    @Flag(help: "Print the effective configuration and where each value came from, and end.")
    var checkConfig = false

    @Option(help: ArgumentHelp("End at once when that process ends.", visibility: .private))
    var parentPid: Int32?

    @Option(help: ArgumentHelp("How many jobs there will be, in all.", visibility: .private))
    var expectedJobs: Int?

    func run() async throws {
        let configuration = ConfigurationFlags.given.load()
        if checkConfig {
            print(configuration.rendered(), terminator: "")
            return
        }
        do {
            try await RunnerProcess(configuration, expectedJobs: expectedJobs).run(parent: parentPid)
        } catch let error as StartupError {
            refuse(error.lines)
        }
    }
}

struct EnginesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engines", abstract: "List the engines found, and why files were refused.",
        discussion: "Takes the flags of runner-host for its configuration, such as --engine-path.")

    func run() {
        for line in RunnerProcess.engineListing(ConfigurationFlags.given.load()) { print(line) }
    }
}
