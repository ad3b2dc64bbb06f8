import EventLoop
package import LynxDocument
import Logging

/// Reads the configuration again while the runner runs, and takes its scenarios over. A configuration with an error changes
/// nothing.
package struct ConfigurationReload: Sendable {
    /// Reads all sources of the configuration.
    package typealias Read = @Sendable () -> Result<RunnerConfiguration, DiagnosticList>

    let read: Read
    /// What the runner was started with: other fields than those of scenarios keep these values.
    let running: RunnerConfiguration
    let engines: [EngineLibrary]
    let fields: EngineFields
    let catalog: ScenarioCatalog
    let logger: Logger
    private let threads = CallThreads(name: "lynx-reload", most: 1)

    /// The fields that take effect without a restart.
    private static let reloadable = ["scenarios", "allow_bundles"]

    init(
        read: @escaping Read, running: RunnerConfiguration, engines: [EngineLibrary], fields: EngineFields, catalog: ScenarioCatalog,
        logger: Logger
    ) {
        self.read = read
        self.running = running
        self.engines = engines
        self.fields = fields
        self.catalog = catalog
        self.logger = logger
    }

    /// Reads the configuration in the background; calls that come meanwhile wait for their turn.
    func start() { threads.start { perform() } }

    private func perform() {
        let new: RunnerConfiguration
        switch read() {
        case .success(let configuration): new = configuration
        case .failure(let problems): return refused(problems.lines)
        }
        let unknown = fields.problems(in: new)
        guard unknown.isEmpty else { return refused(unknown) }
        var merged = running
        merged.scenarios = new.scenarios
        merged.allowsBundles = new.allowsBundles
        merged.sources = new.sources
        merged.optionSources = new.optionSources
        do throws(StartupError) {
            let scenarios = try merged.namedScenarios(engines)
            scenarios.logNeedsOfImages(logger)
            let (changed, removed) = catalog.replace(with: scenarios, bundleTypes: merged.bundleTypes(engines))
            logger.info(
                "configuration read again",
                metadata: [
                    "scenarios": "\(catalog.names.joined(separator: ","))", "changed": "\(changed.joined(separator: ","))",
                    "removed": "\(removed.joined(separator: ","))",
                ])
        } catch {
            return refused(error.lines)
        }
        let others = (RunnerField.all + fields.fields).filter { !Self.reloadable.contains($0.key) && $0.show(new) != $0.show(running) }.map(\.key)
        if !others.isEmpty {
            logger.warning("fields that changed take effect at the next start", metadata: ["fields": "\(others.joined(separator: ","))"])
        }
    }

    private func refused(_ lines: [String]) {
        let more = lines.count > 1 ? " (and \(lines.count - 1) more)" : ""
        logger.error("the new configuration is not used, the old one stays", metadata: ["reason": "\(lines.first ?? "")\(more)"])
    }
}
