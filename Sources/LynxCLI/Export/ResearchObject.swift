import FoundationEssentials
import LynxDocument
import LynxModel
import Support

/// The metadata of a study as a Workflow Run RO-Crate: the study document is the workflow, each run an action of its own.
///
/// Sources: RO-Crate 1.1, https://w3id.org/ro/crate/1.1; Process Run Crate 0.5, https://w3id.org/ro/wfrun/process/0.5;
/// Workflow Run Crate 0.5, https://w3id.org/ro/wfrun/workflow/0.5; Workflow RO-Crate 1.0,
/// https://w3id.org/workflowhub/workflow-ro-crate/1.0.
struct ResearchObject {
    /// A file of the crate.
    struct File {
        /// Relative to the crate's folder.
        var path: String
        var name: String
        var mediaType: String
        var size: Int64?
        var sha256: String?
    }

    static let study = "study.json"
    private static let profiles = [
        ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
        ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
        ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
    ]
    private static let context: JSONValue = ["https://w3id.org/ro/crate/1.1/context", "https://w3id.org/ro/terms/workflow-run/context"]

    private let batch: Batch
    private var entities: [String: [String: JSONValue]] = [:]
    private var order: [String] = []
    private var files: [String] = []
    private var actions: [String] = []
    private var tools: [String] = []

    /// - Parameters:
    ///   - tables: the files that the study as a whole gave.
    ///   - license: an address or a text.
    init(_ batch: Batch, _ submission: BatchSubmission, tables: [File], license: String) {
        self.batch = batch
        self.license = license
        add(Self.study, ["File", "SoftwareSourceCode", "ComputationalWorkflow"], [
            "name": .string(batch.name), "programmingLanguage": Self.reference("#lynx-batch"), "encodingFormat": "application/json",
            "version": .string(submission.config.simulation.version),
            "input": .array(submission.config.dispersions.keys.sorted().map { Self.reference(Self.parameter($0)) }),
        ])
        files.append(Self.study)
        add("#lynx-batch", ["ComputerLanguage"], ["name": "Lynx batch", "alternateName": "lynx", "version": .string(LynxVersion.current)])
        for (name, dispersion) in submission.config.dispersions.sorted(by: { $0.key < $1.key }) {
            var field: [String: JSONValue] = ["name": .string(name), "additionalType": "Number", "valueRequired": true]
            if !dispersion.units.isEmpty { field["unitText"] = .string(dispersion.units) }
            add(Self.parameter(name), ["FormalParameter"], field)
        }
        for table in tables { add(table) }
        action(
            "#batch-\(batch.batchID)", "Study \(batch.name)", instrument: Self.study, objects: [], results: tables.map { Self.identifier($0.path) },
            start: batch.createdAt, end: batch.completedAt, isComplete: batch.status == .completed, error: batch.stopReason)
        if let submitter = batch.submittedBy {
            add("#submitter", ["Person"], ["name": .string(submitter)])
            entities[actions[0]]?["agent"] = Self.reference("#submitter")
        }
    }

    private let license: String

    // MARK: runs

    /// Adds the action of one run.
    ///
    /// - Parameters:
    ///   - configuration: the file that the run read.
    ///   - artifacts: the files that it left, also its logs.
    ///   - environment: the variables that it was given, by name.
    mutating func add(_ job: Job, _ result: JobResult, configuration: File, artifacts: [File], environment: [String: String]) {
        add(configuration)
        for artifact in artifacts { add(artifact) }
        let metadata = result.metadata
        let id = "#run-\(job.jobID)-attempt-\(metadata.attempt)"
        action(
            id, "Run \(metadata.runIndex) of \(batch.name)", instrument: tool(metadata), objects: [Self.identifier(configuration.path)],
            results: artifacts.map { Self.identifier($0.path) }, start: metadata.startedAt ?? job.startedAt,
            end: metadata.completedAt ?? job.completedAt, isComplete: result.success, error: result.errorMessage)
        let variables = environment.sorted { $0.key < $1.key }.map { name, value in
            let id = "#environment-\(SHA256.hash(Array("\(name)=\(value)".utf8)).hexadecimal.prefix(16))"
            add(id, ["PropertyValue"], ["name": .string(name), "value": .string(value)])
            return Self.reference(id)
        }
        if !variables.isEmpty { entities[id]?["environment"] = .array(variables) }
    }

    /// Adds a file that belongs to no action.
    mutating func add(_ file: File) {
        let id = Self.identifier(file.path)
        guard entities[id] == nil else { return }
        var fields: [String: JSONValue] = ["name": .string(file.name), "encodingFormat": .string(file.mediaType)]
        fields["contentSize"] = file.size.map { .string("\($0)") }
        fields["sha256"] = file.sha256.map { .string($0) }
        add(id, ["File"], fields)
        files.append(id)
    }

    /// The simulation as a tool: the engine with the code that it ran, one for each that is not the same.
    private mutating func tool(_ metadata: ResultMetadata) -> String {
        let provenance = metadata.provenance
        let code = (provenance?.files ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let machine = [provenance?.machine?.kernel, provenance?.machine?.cpu, provenance?.machine?.libc].compactMap { $0 }
        let engine = [metadata.engine, metadata.engineVersion, provenance?.engineSHA256, provenance?.interpreter?.distributions]
        let text = (engine.map { $0 ?? "" } + code + machine).joined(separator: "\n")
        let id = "#simulation-\(SHA256.hash(Array(text.utf8)).hexadecimal.prefix(16))"
        guard entities[id] == nil else { return id }
        var requirements: [JSONValue] = []
        if let interpreter = provenance?.interpreter {
            let python = "#interpreter-\(SHA256.hash(Array("\(interpreter)".utf8)).hexadecimal.prefix(16))"
            var fields: [String: JSONValue] = ["name": .string(interpreter.version), "softwareVersion": .string(interpreter.version)]
            fields["sha256"] = interpreter.sha256.map { .string($0) }
            fields["softwareRequirements"] = Self.reference(Self.record(interpreter.distributions))
            add(python, ["SoftwareApplication"], fields)
            requirements.append(Self.reference(python))
        }
        for (setting, hash) in (provenance?.files ?? [:]).sorted(by: { $0.key < $1.key }) {
            let part = "#code-\(setting.percentEncoded(keeping: "-_."))-\(hash.prefix(16))"
            add(part, ["SoftwareSourceCode"], ["name": .string(setting), "sha256": .string(hash)])
            requirements.append(Self.reference(part))
        }
        var fields: [String: JSONValue] = [
            "name": .string("\(metadata.simulationName), run by the engine \(metadata.engine)"),
            "softwareVersion": .string(metadata.engineVersion.isEmpty ? metadata.simulationVersion : metadata.engineVersion),
        ]
        fields["sha256"] = provenance?.engineSHA256.map { .string($0) }
        if !requirements.isEmpty { fields["softwareRequirements"] = .array(requirements) }
        if let system = provenance?.machine { fields["operatingSystem"] = .string(system.kernel) }
        if let system = provenance?.machine { fields["processorRequirements"] = .string(system.cpu) }
        add(id, ["SoftwareApplication"], fields)
        tools.append(id)
        return id
    }

    /// Where the text of a record lies.
    static func record(_ sha256: String) -> String { "provenance/\(sha256).txt" }

    // MARK: the graph

    private mutating func action(
        _ id: String, _ name: String, instrument: String, objects: [String], results: [String], start: Date?, end: Date?, isComplete: Bool,
        error: String?
    ) {
        var fields: [String: JSONValue] = [
            "name": .string(name), "instrument": Self.reference(instrument), "object": .array(objects.map(Self.reference)),
            "result": .array(results.map(Self.reference)),
            "actionStatus": Self.reference("http://schema.org/\(isComplete ? "CompletedActionStatus" : "FailedActionStatus")"),
        ]
        fields["startTime"] = start.map { .string(WireJSON.timestamp($0)) }
        fields["endTime"] = end.map { .string(WireJSON.timestamp($0)) }
        if !isComplete, let error { fields["error"] = .string(error) }
        add(id, ["CreateAction"], fields)
        actions.append(id)
    }

    private mutating func add(_ id: String, _ types: [String], _ fields: [String: JSONValue]) {
        guard entities[id] == nil else { return }
        var fields = fields
        fields["@id"] = .string(id)
        fields["@type"] = types.count == 1 ? .string(types[0]) : .array(types.map { .string($0) })
        entities[id] = fields
        order.append(id)
    }

    /// The whole of `ro-crate-metadata.json`.
    func document(published: Date) -> JSONValue {
        let conforms = Self.profiles.map { Self.reference($0.0) }
        let descriptor: JSONValue = [
            "@id": "ro-crate-metadata.json", "@type": "CreativeWork", "about": Self.reference("./"),
            "conformsTo": [Self.reference("https://w3id.org/ro/crate/1.1"), Self.reference("https://w3id.org/workflowhub/workflow-ro-crate/1.0")],
        ]
        let isAddress = license.hasPrefix("https://") || license.hasPrefix("http://")
        let root: JSONValue = [
            "@id": "./", "@type": "Dataset", "name": .string(batch.name), "conformsTo": .array(conforms),
            "description": .string(
                "A Monte Carlo study of \(batch.totalJobs) runs with the seed \(batch.seed): its document, results, files and provenance."),
            "identifier": .string(batch.batchID), "datePublished": .string(WireJSON.timestamp(published)),
            "license": isAddress ? Self.reference(license) : .string(license), "mainEntity": Self.reference(Self.study),
            "hasPart": .array(files.map(Self.reference)), "mentions": .array(actions.map(Self.reference)),
        ]
        var graph = [descriptor, root]
        graph += Self.profiles.map { ["@id": .string($0.0), "@type": "CreativeWork", "name": .string($0.1), "version": .string($0.2)] }
        if isAddress { graph.append(["@id": .string(license), "@type": "CreativeWork", "name": .string(license)]) }
        for id in order {
            guard var fields = entities[id] else { continue }
            // The tools that a workflow orchestrates are its parts.
            if id == Self.study { fields["hasPart"] = .array(tools.map(Self.reference)) }
            graph.append(.object(fields))
        }
        return ["@context": Self.context, "@graph": .array(graph)]
    }

    private static func reference(_ id: String) -> JSONValue { ["@id": .string(id)] }
    private static func parameter(_ name: String) -> String { "#parameter-\(name.percentEncoded(keeping: "-_."))" }
    /// A relative address.
    private static func identifier(_ path: String) -> String { path.percentEncoded(keeping: "/-_.~") }
}
