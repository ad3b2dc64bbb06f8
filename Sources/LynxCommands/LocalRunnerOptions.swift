package import ArgumentParser
import LynxCLI

/// Where a command runs what it runs: on the pool of a control plane, or, with `--runner-config`, on this machine.
package struct LocalRunnerOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Run on this machine, with this configuration of runner-host, instead of on a control plane's runners.",
            valueName: "runner.yaml"))
    package var runnerConfig: String?

    @Option(help: ArgumentHelp("The folder of the ledger and the logs, with --runner-config.", valueName: "dir"))
    package var state = StateDirectory.standardPath

    @Option(help: ArgumentHelp("The runner-host to start, with --runner-config (default: the one beside lynxctl).", valueName: "path"))
    package var runnerHost: String?

    package init() {}

    package func validate() throws {
        guard runnerConfig == nil, state != StateDirectory.standardPath || runnerHost != nil else { return }
        throw ValidationError("--state and --runner-host are of a runner on this machine; give its configuration by --runner-config, or leave them out.")
    }
}

/// What a comparison of runs leaves out.
package struct IgnoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Leave this out: FILE, FILE:KEY of a JSON file or FILE:COLUMN of a CSV file, telemetry:NAME, or output:NAME; * stands \
            for any text. May be given again.
            """,
            valueName: "what"))
    package var ignore: [String] = []

    package init() {}
}
