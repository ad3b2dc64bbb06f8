import LynxModel

extension ScenarioSpec {
    /// What runs of a bundle whose code is ready.
    ///
    /// - Parameters:
    ///   - root: the folder with the code.
    ///   - environment: the virtual environment with its requirements; nil if there are none.
    init(_ bundle: BundleSpec, root: String, environment: String?, engine: String) {
        var variables = bundle.variables
        // Compiled modules would be written beside those of the bundle, which stays as it is.
        variables["PYTHONDONTWRITEBYTECODE"] = variables["PYTHONDONTWRITEBYTECODE"] ?? "1"
        if let environment {
            variables["VIRTUAL_ENV"] = environment
            variables["PATH"] = "\(environment)/bin:\(variables["PATH"] ?? BundleBuild.path)"
        }
        let folder = bundle.workingDirectory.flatMap { $0 == "." ? nil : $0 }
        self.init(
            engine: engine, entrypoint: bundle.entrypoint.map { "\(root)/\($0)" }, workingDirectory: folder.map { "\(root)/\($0)" } ?? root,
            pythonExecutable: environment.map { "\($0)/bin/python" }, variables: variables, options: bundle.options)
    }
}

extension EngineFailure {
    /// The failure with the field of the batch that an engine's own words are about, where they begin with a setting that comes from there.
    func named(in bundle: BundleSpec, _ declaration: EngineDeclaration?) -> EngineFailure {
        guard let colon = message.firstRange(of: ": ") else { return self }
        var name = String(message[..<colon.lowerBound])
        if name == declaration?.entrypoint ?? "entrypoint" { name = "entrypoint" }
        let top = String(name.prefix { $0 != "." && $0 != "[" })
        let isOwn =
            switch top {
            case "entrypoint": bundle.entrypoint != nil
            case "working_directory": bundle.workingDirectory != nil
            case "env": !bundle.variables.isEmpty
            default: bundle.options[top] != nil
            }
        guard isOwn else { return self }
        return EngineFailure(kind: kind, message: "config.simulation.bundle.\(name)\(message[colon.lowerBound...])")
    }
}
