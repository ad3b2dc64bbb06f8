import LynxModel
import Sampling
import Synchronization

/// Statistics and drivers of a batch, read from the ledger in columns.
///
/// The columns of a study are read in groups that fit into a bounded amount of memory, all from one snapshot of the ledger. One
/// study is analysed at a time.
extension Ledger {
    /// - Parameter pairs: of outputs, as `x:y,x:y` or `units`, whose ellipses are told; nil for none.
    /// - Throws: `LedgerError.noSuchBatch`, and `Problem` for pairs of what no run has given.
    func statistics(batchID: String, pairs: String? = nil) async throws -> StudyStatistics {
        try await analyse(batchID) { study in
            let outputs = try study.outputs()
            let ellipsePairs = try pairs.map { try Self.read($0, outputs.map(\.name)).pairs(of: outputs) }
            var statistics: StudyStatistics?
            for group in study.groups(of: outputs.map(\.name)) {
                let part = try study.analyst(of: group).statistics()
                statistics?.outputs += part.outputs
                statistics = statistics ?? part
            }
            if let ellipsePairs { statistics?.ellipses = try study.ellipses(of: ellipsePairs) }
            guard let statistics else { throw LedgerError.noSuchBatch(batchID) }
            return statistics
        }
    }

    /// - Parameter output: nil: those that requirements are about, or the first ones.
    /// - Throws: `LedgerError.noSuchBatch`, and `Problem` for an output that no run has given.
    func drivers(batchID: String, of output: String?) async throws -> StudyDrivers {
        try await analyse(batchID) { study in
            let outputs = try study.outputs().map(\.name)
            if let output, !outputs.contains(output) {
                let known = outputs.sorted().prefix(20).joined(separator: ", ")
                throw Problem.invalid("output", "is '\(output)', which no run has given; outputs are \(known.isEmpty ? "none so far" : known)")
            }
            let driven = output.map { [$0] } ?? StudyAnalyst.drivenOutputs(study.config, outputs)
            return try study.analyst(of: driven + study.judgedOutputs).drivers(of: driven)
        }
    }

    private static func read(_ pairs: String, _ outputs: [String]) throws -> EllipsePairs {
        do throws(EllipsePairsError) {
            return try EllipsePairs.read(pairs, outputs: outputs)
        } catch {
            throw Problem.badParameter("pairs", error.message)
        }
    }

    /// Lends a study to `body` on a thread of the ledger's, where what takes long holds up no other call.
    private func analyse<Value: Sendable>(_ batchID: String, _ body: @escaping @Sendable (StoredStudy) throws -> Value) async throws -> Value {
        let total = try await driver.read { try StoredStudy.total(batchID, $0) }
        let plan = try await plan(batchID: batchID, runs: total)
        return try await AnalysisTurns.shared.withTurn {
            try await driver.read { try body(StoredStudy(plan: plan, connection: $0)) }
        }
    }
}

/// A study in the ledger, of which columns are read as they are needed.
private struct StoredStudy {
    let plan: RunPlan
    let connection: any LedgerConnection

    /// Columns hold so many numbers together, which take 8 bytes each.
    private static let mostNumbers = 1 << 24

    var config: BatchConfig { plan.submission.config }
    /// The runs that are looked at: those of a search for failures after its first level are no sample of all runs.
    private var total: Int {
        config.monteCarlo.samplingMethod == .subsetSimulation ? min(plan.sampler.runs, plan.submission.firstRuns) : plan.sampler.runs
    }

    /// What requirements are judged by.
    var judgedOutputs: [String] { (config.requirements ?? []).compactMap(\.judgedOutput) }

    static func total(_ batchID: String, _ connection: any LedgerConnection) throws -> Int {
        guard let row = try connection.row(SQL.batch, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
        return try BatchRecord(row).total
    }

    /// Those that runs have given so far, in the study's order.
    func outputs() throws -> [(name: String, units: String)] {
        var reader = StudyReader(batchID: plan.batchID, total: 0)
        try reader.readSets(connection)
        return reader.table.outputs.map { ($0.name, $0.units) }
    }

    /// Outputs that are read together; one group without any, if there are none.
    func groups(of outputs: [String]) -> [[String]] {
        let size = max(1, Self.mostNumbers / max(1, total))
        return outputs.isEmpty ? [[]] : stride(from: 0, to: outputs.count, by: size).map { Array(outputs[$0..<min($0 + size, outputs.count)]) }
    }

    func ellipses(of pairs: [EllipsePairs.Pair]) throws -> [OutputEllipses] {
        let outputs = Set(pairs.flatMap { [$0.x, $0.y] }).sorted()
        guard groups(of: outputs).count > 1 else { return try analyst(of: outputs).ellipses(of: pairs) }
        return try pairs.flatMap { try analyst(of: [$0.x, $0.y]).ellipses(of: [$0]) }
    }

    func analyst(of outputs: [String]) throws -> StudyAnalyst {
        var reader = StudyReader(batchID: plan.batchID, total: total, wanted: Set(outputs))
        try reader.readAll(connection)
        return StudyAnalyst(table: reader.table, config: config, sampler: plan.sampler)
    }
}

/// Lets one caller at a time in, in the order in which they came.
final class AnalysisTurns: Sendable {
    static let shared = AnalysisTurns()

    private let state = Mutex<(isTaken: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    func withTurn<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isTaken { state.waiting.append(continuation) }
                defer { state.isTaken = true }
                return !state.isTaken
            }
            if isFree { continuation.resume() }
        }
        defer {
            let next = state.withLock { state in
                state.isTaken = !state.waiting.isEmpty
                return state.waiting.isEmpty ? nil : state.waiting.removeFirst()
            }
            next?.resume()
        }
        // Whoever hung up while it waited asks for nothing any more.
        try Task.checkCancellation()
        return try await body()
    }
}
