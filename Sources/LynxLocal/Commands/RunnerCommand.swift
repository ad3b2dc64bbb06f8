import ArgumentParser
import ControlPlane
import LynxCLI
import LynxCommands
import LynxModel

struct RunnerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runner", abstract: "Enrol, drain, resume and revoke runners.",
        subcommands: [RunnerEnrollCommand.self, RunnerDrainCommand.self, RunnerResumeCommand.self, RunnerRevokeCommand.self])
}

struct RunnerEnrollCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enroll", abstract: "Make a one-time token that enrols one runner; it is given once, in a file or on standard output.",
        discussion: """
            The runner finds it in its field enrollment_token_file, and exchanges it for a credential that renews itself.

            EXAMPLES:
              lynxctl runner enroll --token-file admin.token --output enroll.token
              lynxctl runner enroll --token-file admin.token --types basilisk,px4_sitl --minutes 1440 --name orbit-lab-1 --output enroll.token
            """)

    @Option(help: ArgumentHelp("The simulation types that the runner may declare, comma-separated (default: any).", valueName: "types"))
    var types: String?

    @Option(help: ArgumentHelp("It expires after so many minutes.", valueName: "n"))
    var minutes = 60.0

    @Option(help: ArgumentHelp("Which runner it is for.", valueName: "text"))
    var name: String?

    @OptionGroup var secret: SecretOptions

    @OptionGroup var access: AccessOptions

    func run() async throws {
        try secret.check(access)
        let request = EnrollmentRequest(
            name: name, expiresInMinutes: minutes,
            simulationTypes: types?.unicodeScalars.split(separator: ",").map { String($0.filter { $0 != " " }) })
        let issued = try await access.perform {
            try await $0.createEnrollment(request, tenant: $1)
        } overAPI: {
            try await $0.call(.createEnrollment, body: request)
        }
        let end = issued.token.expiresAt.map { "until \(WireJSON.timestamp($0))" } ?? ""
        try secret.show(issued, "enrolment token \(issued.token.tokenID) of tenant \(issued.token.tenant), good for one runner \(end)", access)
    }
}

struct RunnerDrainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain", abstract: "Let a runner finish what it has and take no more.",
        discussion: """
            EXAMPLE:
              lynxctl runner drain RUNNER_ID
            """)

    @Argument(help: "The runner.")
    var runnerID: String

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            try await api.call(.drainRunner, [.runner: runnerID])
            OutputStream.standard.line("runner \(runnerID) takes no more jobs until 'lynxctl runner resume \(runnerID)'")
        }
    }
}

struct RunnerResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume", abstract: "Let a drained runner take jobs again.",
        discussion: """
            EXAMPLE:
              lynxctl runner resume RUNNER_ID
            """)

    @Argument(help: "The runner.")
    var runnerID: String

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            try await api.call(.resumeRunner, [.runner: runnerID])
            OutputStream.standard.line("runner \(runnerID) takes jobs again")
        }
    }
}

struct RunnerRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "End a runner's credential and leases at once; its simulations are stopped.",
        discussion: """
            EXAMPLE:
              lynxctl runner revoke RUNNER_ID --token-file admin.token
            """)

    @Argument(help: "The runner.")
    var runnerID: String

    @OptionGroup var access: AccessOptions

    func run() async throws {
        try await access.perform {
            try await $0.revokeRunner(runnerID, tenant: $1)
        } overAPI: {
            try await $0.call(.revokeRunner, [.runner: runnerID])
        }
        OutputStream.standard.line("runner \(runnerID) is revoked; its jobs are queued again")
    }
}
