import ArrowIPC
import FoundationEssentials
import LynxDocument
import LynxModel
import Sampling

/// What a column of the table of a batch's runs holds.
enum RunColumn: Hashable, Sendable {
    case ledger(LedgerColumn)
    case parameter(String, ParameterType)
    /// Its place among the outputs of the batch.
    case output(Int)
    /// Whether it is the nominal run; of batches that have one.
    case nominal

    /// What the ledger itself knows of a run.
    enum LedgerColumn: String, CaseIterable, Sendable {
        case run
        case jobID = "job_id"
        case status, outcome, breach, attempt, retries
        case assignedRunner = "assigned_runner"
        case createdAt = "created_at"
        case claimedAt = "claimed_at"
        case startedAt = "started_at"
        case completedAt = "completed_at"
        case durationSecs = "duration_secs"
        case errorMessage = "error_message"
    }
}

extension RunColumn.LedgerColumn {
    var field: ArrowField {
        let (type, units, description): (ArrowType, String?, String) =
            switch self {
            case .run: (.int64, nil, "The run's index in its batch.")
            case .jobID: (.utf8, nil, "The id of its job.")
            case .status: (.dictionary, nil, "The state of its job.")
            case .outcome: (.dictionary, nil, "How the attempt ended that ended the job.")
            case .breach: (.dictionary, nil, "The stopping condition that killed it.")
            case .attempt: (.int64, nil, "The number of the latest attempt; 0 before the first.")
            case .retries: (.int64, nil, "How many retries were spent.")
            case .assignedRunner: (.dictionary, nil, "The id of the runner of the latest attempt.")
            case .createdAt: (.timestamp, nil, "When the batch was submitted.")
            case .claimedAt: (.timestamp, nil, "When a runner took the latest attempt.")
            case .startedAt: (.timestamp, nil, "When the latest attempt was started.")
            case .completedAt: (.timestamp, nil, "When the job ended.")
            case .durationSecs: (.float64, "s", "From the start of the latest attempt to the end of the job.")
            case .errorMessage: (.utf8, nil, "Why it failed, or its latest attempt did.")
            }
        return ArrowField(rawValue, type, metadata: ["description": description].merging(units.map { ["units": $0] } ?? [:]) { $1 })
    }
}

/// The columns that the table of a batch has, and what they are made of.
struct RunCatalogue: Sendable {
    let batchID: String
    /// How many runs the batch has.
    let total: Int
    /// Nil if the batch has none.
    let nominalRun: Int?
    let sampler: Sampler
    /// The outputs that runs have reported so far, in the order of their reports, and then those that the batch declares.
    let outputs: [String]
    let columns: [RunColumn]
    let fields: [ArrowField]
    private let places: [String: Int]

    /// - Parameter outputs: with their units.
    init(batchID: String, total: Int, plan: RunPlan, outputs: [OutputName]) {
        self.batchID = batchID
        self.total = total
        sampler = plan.sampler
        self.outputs = outputs.map(\.name)
        let config = plan.submission.config
        let units = (config.monteCarlo.table?.units ?? [:]).merging(config.dispersions.mapValues(\.units)) { $1.isEmpty ? $0 : $1 }
        var columns: [RunColumn] = [], fields: [ArrowField] = []
        for column in RunColumn.LedgerColumn.allCases {
            columns.append(.ledger(column))
            fields.append(column.field)
        }
        func metadata(_ units: String?) -> [String: String] { units.map { $0.isEmpty ? [:] : ["units": $0] } ?? [:] }
        if config.hasNominal {
            columns.append(.nominal)
            fields.append(ArrowField("nominal", .bool, metadata: ["description": "Whether it is the nominal run, which is no part of the sample."]))
        }
        nominalRun = config.hasNominal ? total - 1 : nil
        for (name, type) in plan.sampler.parameterTypes.sorted(by: { $0.key < $1.key }) {
            columns.append(.parameter(name, type))
            fields.append(ArrowField("parameters.\(name)", type.arrow, metadata: metadata(units[name])))
        }
        for (place, output) in outputs.enumerated() {
            columns.append(.output(place))
            fields.append(ArrowField("outputs.\(output.name)", .float64, metadata: metadata(output.units)))
        }
        self.columns = columns
        self.fields = fields
        places = Dictionary(zip(fields.map(\.name), fields.indices), uniquingKeysWith: { first, _ in first })
    }

    /// The place of a column.
    ///
    /// - Parameter parameter: of the query that names it.
    /// - Throws: a 400 `Problem` that names the nearest ones.
    func place(of name: String, in parameter: EndpointParameter) throws(Problem) -> Int {
        if let place = places[name] { return place }
        throw .badTable(parameter, "names no column '\(name)'; \(nearest(to: name))")
    }

    private func nearest(to name: String) -> String {
        let names = fields.map(\.name)
        let namesakes = names.filter { $0 == "parameters.\(name)" || $0 == "outputs.\(name)" }
        let near = namesakes.isEmpty ? Suggestion.closest(to: name, among: names).map { [$0] } ?? [] : namesakes
        if !near.isEmpty { return "did you mean \(near.map { "'\($0)'" }.joined(separator: " or "))?" }
        let (shown, more) = (names.prefix(40), names.count - 40)
        return "there are \(shown.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
    }
}

extension ParameterType {
    fileprivate var arrow: ArrowType {
        switch self {
        case .integer: .int64
        case .number: .float64
        case .bool: .bool
        case .text, .mixed: .utf8
        }
    }
}

extension Problem {
    /// What is asked of a table cannot be given.
    static func badTable(_ parameter: EndpointParameter, _ detail: String) -> Problem {
        Problem(
            title: "Bad table", status: 400, detail: "the parameter '\(parameter.name)' \(detail)",
            errors: [.init(field: parameter.name, detail: detail)])
    }
}

extension Ledger {
    /// The columns of a batch's table as they are now.
    ///
    /// - Throws: `LedgerError.noSuchBatch`.
    func runCatalogue(batchID: String) async throws -> RunCatalogue {
        let (total, sets) = try await driver.read { connection in
            guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            return (try BatchRecord(row).total, try connection.outputSets(of: batchID))
        }
        let plan = try await plan(batchID: batchID, runs: total)
        let declared = (plan.submission.config.outputs ?? [:]).sorted { $0.key < $1.key }.map { OutputName(name: $0.key, units: $0.value.units) }
        var outputs: [OutputName] = [], places: [String: Int] = [:]
        for output in sets.flatMap(\.outputs) + declared {
            if let place = places[output.name] {
                if outputs[place].units.isEmpty { outputs[place].units = output.units }
            } else {
                places[output.name] = outputs.count
                outputs.append(output)
            }
        }
        return RunCatalogue(batchID: batchID, total: total, plan: plan, outputs: outputs)
    }
}

/// A scalar result that runs report.
struct OutputName: Hashable, Sendable {
    var name: String
    var units: String
}

extension LedgerConnection {
    /// The sets of outputs that runs of a batch have reported, by their digests.
    func outputSets(of batchID: String) throws -> [(digest: String, outputs: [OutputName])] {
        try rows(SQL.outputSets, [.text(batchID)]).map { row in
            let names = try WireJSON.decode([[String]].self, from: Data(try row.text("names").utf8))
            return (try row.text("digest"), names.map { OutputName(name: $0[0], units: $0.count > 1 ? $0[1] : "") })
        }
    }
}
