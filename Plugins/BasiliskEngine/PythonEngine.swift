package import EngineKit

/// Runs any Python script as the `basilisk` engine runs its scenarios, warm workers included; its setting `entrypoint` names it.
package struct PythonEngine: Engine {
    package static let id = "python"
    package static let displayName = "Python"
    package static let version = "1.0.0"
    package static let stopsSoftly = true
    package static let confinesCommands = true

    private static let entrypoint = Setting.path("entrypoint", traits: .entrypoint, "The Python script that each job runs.")
    private let scripts: BasiliskEngine

    package static var configuration: [ConfigurationKey]? { [entrypoint.key] + ScriptSettings.all }

    package static func namesScenario(_ settings: EngineSettings) -> Bool { settings[entrypoint.key.key] != nil }

    package init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        scripts = try BasiliskEngine(host: host, settings: settings, entrypoint: Self.entrypoint)
    }

    package func start() { scripts.start() }
    package var warmWorkers: [WarmWorker] { scripts.warmWorkers }
    package func retire() { scripts.retire() }
    package func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob { try scripts.prepare(request) }
}
