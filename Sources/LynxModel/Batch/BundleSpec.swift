import LynxDocument

/// Code that comes with a batch: a folder of files, and what is run of it.
public struct BundleSpec: Codable, Hashable, Sendable {
    /// The folder, which only clients know; they replace it by `sha256`.
    public var path: String?
    /// SHA-256 of the bundle's manifest, in lower-case hexadecimal; nil before it is uploaded.
    public var sha256: String?
    /// What the engine starts, relative to the bundle's root; nil where an option says it.
    public var entrypoint: String?
    /// Relative to the bundle's root, which it is if nil.
    public var workingDirectory: String?
    /// A file of requirements in pip's format, relative to the bundle's root.
    public var requirements: String?
    /// Commands for a shell that are run once, in a copy of the bundle, before the first job.
    public var build: [String]?
    /// Variables for the simulations' environment.
    public var variables: [String: String]
    /// The options of the engine.
    public var options: [String: EngineOption]

    public init(
        path: String? = nil, sha256: String? = nil, entrypoint: String? = nil, workingDirectory: String? = nil, requirements: String? = nil,
        build: [String]? = nil, variables: [String: String] = [:], options: [String: EngineOption] = [:]
    ) {
        self.path = path
        self.sha256 = sha256
        self.entrypoint = entrypoint
        self.workingDirectory = workingDirectory
        self.requirements = requirements
        self.build = build
        self.variables = variables
        self.options = options
    }

    private struct Key: CodingKey, Hashable {
        var stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }

        static let path = Key("path"), sha256 = Key("sha256"), entrypoint = Key("entrypoint"), workingDirectory = Key("working_directory")
        static let requirements = Key("requirements"), build = Key("build"), variables = Key("env")
        static let own: Set = [path, sha256, entrypoint, workingDirectory, requirements, build, variables]
    }

    /// The fields that are no options of the engine.
    package static let ownFields = Set(Key.own.map(\.stringValue))

    public init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        path = try fields.decodeIfPresent(String.self, forKey: .path)
        sha256 = try fields.decodeIfPresent(String.self, forKey: .sha256)
        entrypoint = try fields.decodeIfPresent(String.self, forKey: .entrypoint)
        workingDirectory = try fields.decodeIfPresent(String.self, forKey: .workingDirectory)
        requirements = try fields.decodeIfPresent(String.self, forKey: .requirements)
        build = try fields.decodeIfPresent([String].self, forKey: .build)
        variables = try fields.decodeIfPresent([String: String].self, forKey: .variables) ?? [:]
        options = [:]
        for key in fields.allKeys where !Key.own.contains(key) { options[key.stringValue] = try fields.decode(EngineOption.self, forKey: key) }
    }

    public func encode(to encoder: any Encoder) throws {
        var fields = encoder.container(keyedBy: Key.self)
        try fields.encodeIfPresent(path, forKey: .path)
        try fields.encodeIfPresent(sha256, forKey: .sha256)
        try fields.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try fields.encodeIfPresent(workingDirectory, forKey: .workingDirectory)
        try fields.encodeIfPresent(requirements, forKey: .requirements)
        try fields.encodeIfPresent(build, forKey: .build)
        if !variables.isEmpty { try fields.encode(variables, forKey: .variables) }
        for (name, option) in options where !Key.own.contains(Key(name)) { try fields.encode(option, forKey: Key(name)) }
    }
}

extension FieldType where Value == BundleSpec {
    static var bundle: FieldType {
        mapping("a bundle") { fields in
            let path = fields.optional("path", .line(maximum: 4096), "The folder with the code, relative to the batch file; for the command line.")
            let sha256 = fields.optional("sha256", .sha256, "The manifest of a bundle that is uploaded, in place of `path`.")
            let entrypoint = fields.optional("entrypoint", .bundlePath, "What the engine starts, relative to the bundle's root.")
            let directory = fields.optional(
                "working_directory", .bundleFolder,
                "The working directory of simulations, relative to the bundle's root, which it is if left out.")
            let requirements = fields.optional("requirements", .requirementsFile, "A file in the bundle with the Python packages that it needs.")
            let build = fields.optional(
                "build", .list(of: .line(maximum: 4096), named: "commands", minimum: 1).checked { $0.count > 64 ? "has \($0.count) commands; give at most 64" : nil },
                "Shell commands that are run once on each runner, before the first job.")
            let variables = fields.optional("env", .environment, "Variables for the environment of simulations.")
            guard let options = fields.others(.engineOption, key: .line(), "An option of the engine.") else { return nil }
            if path != nil, sha256 != nil {
                fields.report("sha256", "is given beside 'path'; keep one of them")
                return nil
            }
            return BundleSpec(
                path: path, sha256: sha256, entrypoint: entrypoint, workingDirectory: directory, requirements: requirements, build: build,
                variables: variables ?? [:], options: options)
        }.named("BundleSubmission")
    }
}

extension FieldType where Value == String {
    fileprivate static var sha256: FieldType {
        line().checked(schema: ["pattern": "^[0-9a-f]{64}$"]) {
            BundleManifest.isHash($0) ? nil : "\(Excerpt.quoted($0)) is no SHA-256; give 64 lower-case hexadecimal digits"
        }
    }

    /// A file in a bundle.
    fileprivate static var bundlePath: FieldType {
        line(maximum: BundleManifest.longestPath).checked { path in
            BundleManifest.isSafe(path)
                ? nil : "\(Excerpt.quoted(path)) is no path in the bundle; give one relative to its root, without '.' and '..'"
        }
    }

    fileprivate static var bundleFolder: FieldType {
        line(maximum: BundleManifest.longestPath).checked { path in
            path == "." || BundleManifest.isSafe(path)
                ? nil : "\(Excerpt.quoted(path)) is no folder in the bundle; give one relative to its root, without '..'"
        }
    }

    fileprivate static var requirementsFile: FieldType {
        bundlePath.checked { path in
            let name = path.split(separator: "/").last ?? ""
            let exports = ["uv.lock": "uv export", "poetry.lock": "poetry export", "Pipfile.lock": "pipenv requirements", "pdm.lock": "pdm export"]
            if let export = exports[String(name)] {
                return "\(Excerpt.quoted(path)) is not in pip's format; write it with: \(export) > requirements.txt"
            }
            return name.hasSuffix(".toml") || name.hasSuffix(".yml") || name.hasSuffix(".yaml")
                ? "\(Excerpt.quoted(path)) is not in pip's format; give a requirements file, which may pin versions and hashes" : nil
        }
    }
}
