import CommandDocument
package import EngineKit
import FoundationEssentials
import LynxModel

/// Runs any program, which needs to know nothing of this system: its arguments, environment and files are filled from the run
/// configuration, and its results and telemetry are read from what it prints and writes.
package struct CommandEngine: Engine {
    package static let id = "command"
    package static let displayName = "Command"
    package static let version = "1.0.0"
    package static let stopsSoftly = true
    package static let confinesCommands = true

    private let host: HostHandle
    private let options: CommandOptions
    private let surroundings: Surroundings

    package static var configuration: [ConfigurationKey]? { CommandDeclaration.all }

    package static func namesScenario(_ settings: EngineSettings) -> Bool { settings.list("command") != nil }

    package init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        self.host = host
        options = try CommandSettings.options(settings)
        surroundings = try Surroundings(settings)
        try surroundings.check(options) { host.log(.warning, $0) }
    }

    package func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob {
        let run: RunConfiguration
        do {
            run = try WireJSON.decode(RunConfiguration.self, from: Data(request.runConfigJSON))
        } catch {
            throw .invalid("the run configuration cannot be read: \(error)")
        }
        let files = JobFiles(directory: request.directory, temporary: request.temporaryDirectory)
        try files.create(runConfigJSON: request.runConfigJSON)
        let plan = try RunPlan(options, run: run, request, files, surroundings)
        return plan.needsAttention ? try AttendedJob(plan, host: host) : PlainJob(plan)
    }
}
