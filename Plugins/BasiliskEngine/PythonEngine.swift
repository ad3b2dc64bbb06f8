package import EngineKit

/// Runs any Python script as the `basilisk` engine runs its scenarios, warm workers included; its setting `entrypoint` names it.
package struct PythonEngine: Engine {
    package static let id = "python"
    package static let displayName = "Python"
    package static let version = "1.0.0"
    package static let stopsSoftly = true

    private static let entrypoint = "entrypoint"
    private let scripts: BasiliskEngine

    package static func namesScenario(_ settings: EngineSettings) -> Bool { settings[entrypoint] != nil }

    package init(host: HostHandle, settings: EngineSettings) throws(EngineError) {
        scripts = try BasiliskEngine(host: host, settings: settings, engine: Self.id, entrypointSetting: Self.entrypoint)
    }

    package func start() { scripts.start() }
    package var warmWorkers: [WarmWorker] { scripts.warmWorkers }
    package func retire() { scripts.retire() }
    package func prepare(_ request: JobRequest) throws(EngineError) -> any EngineJob { try scripts.prepare(request) }
}
