import ArgumentParser
import EngineCheck
import Glibc
import LynxDocument
import LynxModel
import RunnerHost
import Support

/// `runner-host`: runs the jobs of a control plane on this machine.
struct RunnerHostCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runner-host",
        abstract: "Runs the jobs of a control plane on this machine.",
        discussion: """
            Loads the engines asked for, claims jobs up to its limit, supervises each simulation and reports its result.
            Options override LYNX_RUNNER_* variables, which override the file.

              runner-host --config configs/lynx-runner-basilisk.yaml
              runner-host --engines command,my_engine --engine-path /opt/lab/engines

            SIGTERM or Ctrl-C drains: running jobs finish, then it ends. A second one ends them at once. SIGHUP reads the
            scenarios of the configuration again.

            EXIT CODES: 0 drained; 1 the control plane refused this runner; 2 bad input; 70 an engine has closed this process's
            descriptors.

            CONFIGURATION, each flag with a value:
            \(ConfigurationFlags.help)
            """,
        version: RunnerProcess.version,
        subcommands: [EnginesCommand.self, FieldsCommand.self, PrepareCommand.self, CheckEngineCommand.self])

    @Flag(help: "Print the effective configuration and where each value came from, and end.")
    var checkConfig = false

    @Option(help: ArgumentHelp("End at once when that process ends.", visibility: .private))
    var parentPid: Int32?

    @Option(help: ArgumentHelp("How many jobs there will be, in all.", visibility: .private))
    var expectedJobs: Int?

    func run() async throws {
        let configuration = ConfigurationFlags.given.load()
        if checkConfig {
            do {
                print(try await RunnerProcess.checkedConfiguration(configuration), terminator: "")
            } catch let error as StartupError {
                refuse(error.lines)
            }
            return
        }
        do {
            let runner = RunnerProcess(configuration, expectedJobs: expectedJobs) {
                Result { () throws(DiagnosticList) in try ConfigurationFlags.given.read() }
            }
            try await runner.run(parent: parentPid)
        } catch let error as StartupError {
            refuse(error.lines)
        }
    }
}

struct EnginesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "engines", abstract: "List the engines found, and why files were refused; or describe one.",
        discussion: """
            Takes the flags of runner-host for its configuration, such as --engine-path.

              runner-host engines
              runner-host engines --describe command
            """)

    @Option(help: ArgumentHelp("Show the configuration that this engine declares.", valueName: "id"))
    var describe: String?

    @Flag(help: "Show the description as JSON, with a JSON schema of the engine's options.")
    var json = false

    func validate() throws {
        if json, describe == nil { throw ValidationError("--json goes with --describe ID") }
    }

    func run() throws {
        do throws(StartupError) {
            if let describe {
                let description = try RunnerProcess.engineDescription(describe, ConfigurationFlags.given.load())
                if !json { return description.lines.forEach { print($0) } }
                return printJSON(description.json)
            }
            for line in try RunnerProcess.engineListing(ConfigurationFlags.given.load()) { print(line) }
        } catch {
            refuse(error.lines)
        }
    }
}

struct FieldsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fields", abstract: "List the fields of the configuration, those that engines declare among them.",
        discussion: "Takes the flags of runner-host for its configuration, such as --engine-path.")

    @Flag(help: "Print the list as JSON, with a JSON schema of configuration files.")
    var json = false

    func run() throws {
        do throws(StartupError) {
            let reference = try RunnerProcess.fieldReference(ConfigurationFlags.given.load())
            if json { printJSON(reference.json) } else { for line in reference.lines { print(line) } }
        } catch {
            refuse(error.lines)
        }
    }
}

private func printJSON(_ value: JSONValue) { print(String(decoding: try! WireJSON.encode(value, pretty: true), as: UTF8.self)) }

struct PrepareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prepare", abstract: "Prepare one run as a job would be, without starting it.",
        discussion: "Takes the flags of runner-host for its configuration, such as --config.")

    @Argument(help: ArgumentHelp("The run configuration (JSON).", valueName: "run-config.json"))
    var runConfig: String

    @Flag(help: "Keep the run's directory and show what is in it, and what would be executed.")
    var keep = false

    @Option(help: ArgumentHelp("The batch file of a run whose code comes with its batch; errors name places in it.", valueName: "batch.yaml"))
    var batchFile: String?

    @Option(help: ArgumentHelp("The folder with that code.", valueName: "dir"))
    var bundleFolder: String?

    @Option(help: ArgumentHelp("A file with the manifest of what goes along of the folder.", valueName: "path"))
    var bundleManifest: String?

    func validate() throws {
        guard (bundleFolder == nil) == (bundleManifest == nil), bundleFolder == nil || batchFile != nil else {
            throw ValidationError("--bundle-folder and --bundle-manifest go together, with --batch-file")
        }
    }

    func run() async throws {
        let files = bundleFolder.map { LocalBundle.Files(folder: $0, manifest: bundleManifest!) }
        let bundle = batchFile.map { LocalBundle(batchFile: $0, files: files) }
        do {
            for line in try await RunnerProcess(ConfigurationFlags.given.load()).prepare(runConfigFile: runConfig, keep: keep, bundle: bundle) { print(line) }
        } catch let error as StartupError {
            refuse(error.lines, places: batchFile)
        }
    }
}

@main
struct Main {
    static func main() async {
        OwnedDescriptor.openStandardStreams()
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == EngineWorker.command { EngineWorker.run(CommandLine.arguments[2]) }
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == CheckWorker.command { CheckWorker.run(CommandLine.arguments[2]) }
        RunnerProcess.prepareLastWords()
        // The parent process may have ignored SIGCHLD; then the kernel would reap children before they are waited for.
        signal(SIGCHLD, SIG_DFL)
        // A closed peer shows as EPIPE in the write call.
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try await RunnerHostCommand.asyncParseAsRoot(ConfigurationFlags.given.rest)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let code = RunnerHostCommand.exitCode(for: error)
            let message = RunnerHostCommand.fullMessage(for: error)
            if !message.isEmpty { say(message, on: code.isSuccess ? STDOUT_FILENO : STDERR_FILENO) }
            // The parser's own code for a wrong command line is 64 (EX_USAGE).
            exit(code == .validationFailure ? 2 : code.rawValue)
        }
    }
}
