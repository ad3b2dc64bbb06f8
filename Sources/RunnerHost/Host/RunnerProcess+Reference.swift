import EventLoop
import LynxDocument

/// What `runner-host` says of engines and configurations without running jobs. Each function loads the engines that are found.
extension RunnerProcess {
    /// The output of `runner-host engines`.
    ///
    /// - Throws: `StartupError` for fields that nobody has.
    package static func engineListing(_ configuration: RunnerConfiguration) throws(StartupError) -> [String] {
        try engineCatalog(configuration).listing()
    }

    /// The engine of that id as it describes itself, for `runner-host engines --describe`.
    ///
    /// - Throws: `StartupError` if there is none.
    package static func engineDescription(_ id: String, _ configuration: RunnerConfiguration) throws(StartupError) -> EngineDescription {
        let catalog = try engineCatalog(configuration)
        guard let engine = catalog.engine(id) else {
            let guess = Suggestion.closest(to: id, among: catalog.engines.map(\.id)).map { "; did you mean '\($0)'?" } ?? "; found:"
            throw StartupError(["--describe: no engine '\(id)'\(guess)"] + catalog.listing())
        }
        return EngineDescription(engine)
    }

    /// The output of `runner-host --check-config`: `RunnerConfiguration.rendered`, with the fields that engines declare.
    ///
    /// - Throws: `StartupError` for fields that nobody has, and for wrong values of those that engines have.
    package static func checkedConfiguration(_ configuration: RunnerConfiguration) async throws -> String {
        let loader = CallThreads(name: "lynx-load", most: 1)
        defer { withExtendedLifetime(loader) {} }
        return try await loader.run { configuration.rendered(with: try engineCatalog(configuration).fields) }
    }

    /// All fields there are, for `runner-host fields`.
    ///
    /// - Throws: `StartupError` for fields that nobody has.
    package static func fieldReference(_ configuration: RunnerConfiguration) throws(StartupError) -> FieldReference {
        FieldReference(try engineCatalog(configuration).fields)
    }

    private static func engineCatalog(_ configuration: RunnerConfiguration) throws(StartupError) -> EngineCatalog {
        let runner = RunnerProcess(configuration)
        let catalog = runner.catalog(HostTable(logger: runner.logger))
        try catalog.checkFields(of: configuration)
        return catalog
    }
}

extension EngineCatalog {
    var fields: EngineFields { EngineFields(engines) }

    /// Checks what a configuration sets that the host has no field for.
    func checkFields(of configuration: RunnerConfiguration) throws(StartupError) {
        let problems = fields.problems(in: configuration)
        guard problems.isEmpty else { throw StartupError(problems) }
    }
}
