import Logging
import LynxModel
import Support

/// A scenario of the configuration that this runner can run.
package struct NamedScenario: Hashable, Sendable {
    let name: String
    let engine: String
    /// All settings of its engine.
    let settings: [String: String]
    /// What its jobs need on this machine.
    let conditions: [RunnerCondition]
    /// What the settings were made of; nil if that is not known.
    let spec: ScenarioSpec?
    let isSandboxed: Bool
    /// Why it runs only in container images; nil if it runs without.
    let needsImage: String?

    init(
        name: String, engine: String, settings: [String: String], spec: ScenarioSpec? = nil, isSandboxed: Bool = false, needsImage: String? = nil
    ) {
        self.needsImage = needsImage
        self.spec = spec
        self.isSandboxed = isSandboxed
        self.name = name
        self.engine = engine
        self.settings = settings
        conditions = settings.sorted { $0.key < $1.key }.compactMap { RunnerCondition.present($0.value, setting: $0.key) }
    }

    /// The paths of the files that it needs, by the settings that name them.
    var files: [String: String] {
        Dictionary(conditions.filter(\.isFile).map { ($0.setting, $0.path) }, uniquingKeysWith: { first, _ in first })
    }

    /// What of its needs is not met; nil if all are. Blocks on the disk.
    var problem: ConditionProblem? { conditions.lazy.compactMap { $0.problem(thoroughly: false) }.first }

    /// A SHA-256 that is the same on two machines only if both run the same: of the settings, with the contents of files in the
    /// place of their paths. Nil if one of the files cannot be read. Blocks on the disk.
    func sha256(_ code: CodeFiles) -> String? {
        let files = files
        var hash = SHA256()
        for text in [name, engine] { hash.update(Array(text.utf8) + [0]) }
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) where !Self.machineSettings.contains(key) {
            let content: String
            if let path = files[key] {
                guard let digest = code.digest(of: path) else { return nil }
                content = digest
            } else {
                content = value
            }
            hash.update(Array("\(key)=\(content)".utf8) + [0])
        }
        return hash.finalize().hexadecimal
    }

    /// The settings that differ between machines, or say nothing of what is run.
    private static let machineSettings: Set = [
        "working_directory", "state_directory", "log_capture_bytes", "expected_jobs", "private_dev_shm", "warm_workers",
    ]
}

extension [NamedScenario] {
    /// A mistake in the name of a program shows here, too.
    func logNeedsOfImages(_ logger: Logger) {
        for scenario in self {
            guard let reason = scenario.needsImage else { continue }
            logger.warning("scenario runs only in container images", metadata: ["scenario": "\(scenario.name)", "reason": "\(reason)"])
        }
    }
}
