package import ArgumentParser
import Glibc
import LynxCLI
import LynxCommands
import LynxModel

/// The user's command line.
package struct Lynxctl: AsyncParsableCommand {
    package static let configuration = CommandConfiguration(
        commandName: "lynxctl",
        abstract: "Runs Monte Carlo studies, here or on a pool of runners.",
        discussion: """
            A study on this machine, from one command:
              lynxctl run study.yaml --runner-config runner.yaml

            Its runs in a browser, live with 'run --open', or afterwards:
              lynxctl ui

            On a control plane of its own, which runners anywhere work for:
              lynxctl serve
              lynxctl submit study.yaml --wait

            \(ExitStatus.help)
            """,
        version: LynxVersion.current,
        groupedSubcommands: [
            CommandGroup(
                name: "On this machine",
                subcommands: [
                    ClientCommands.new, RunCommand.self, ClientCommands.check, ClientCommands.sample, ClientCommands.plan,
                    ClientCommands.schema, ServeCommand.self, UICommand.self, LedgerCommand.self,
                ]),
            CommandGroup(
                name: "With a control plane",
                subcommands: ClientCommands.ofStudies + [
                    ReplayCommand.self, DeterminismCommand.self, ExportCommand.self, ArtifactsCommand.self, ClientCommands.collect,
                ]),
            CommandGroup(name: "Who may do what", subcommands: [TokenCommand.self, RunnerCommand.self]),
        ])

    package init() {}

    /// Runs the command that the arguments name, and ends the process with one of the codes of `ExitStatus`.
    package static func launch() async -> Never {
        // A reader that went away shows as EPIPE where it is written to, which is where something can be done about it.
        signal(SIGPIPE, SIG_IGN)
        OutputStream.reserveStandardDescriptors()
        let code = await run()
        OutputStream.standard.finish()
        // Whoever reads the output would take a part of it for the whole.
        let isIncomplete = OutputStream.standard.hasFailed && (code == ExitStatus.success || code == ExitStatus.jobsFailed)
        Glibc.exit(isIncomplete ? ExitStatus.unavailable : code)
    }

    /// The exit code of the command that the arguments name; all else has been said.
    private static func run() async -> Int32 {
        do {
            var command = try await asyncParseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
            return ExitStatus.success
        } catch let error as CLIError {
            for line in error.lines { OutputStream.error.line(error.hasPlaces ? line : "lynxctl: \(line)") }
            return error.exitCode
        } catch {
            let message = fullMessage(for: error)
            let code = exitCode(for: error)
            if code.isSuccess {
                OutputStream.standard.line(message)
            } else if !message.isEmpty {
                OutputStream.error.line(message)
            }
            // The parser's own code for a wrong command line is 64 (EX_USAGE).
            return code == .validationFailure ? ExitStatus.badInput : code.rawValue
        }
    }
}
