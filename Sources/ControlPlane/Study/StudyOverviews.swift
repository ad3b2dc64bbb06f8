import FoundationEssentials
import LynxModel
import Support
import Synchronization

/// What lists tell of studies beside their counts, kept from one list to the next: to read a submission takes decoding it, and to judge
/// a study takes reading all its outputs.
final class StudyOverviews: Sendable {
    private struct Known: Sendable {
        var simulation: SimulationSpec
        var requirements: Int
        var code: String?
        /// The batch as it was when it was judged.
        var judged: Batch?
        var verdict: VerdictName?
    }

    private let ledger: Ledger
    private let known = Mutex<[String: Known]>([:])

    private static let mostKnown = 10_000
    /// Verdicts are looked for so long in one call, but one at least; those that are left are found in the next.
    private static let patience = Duration.milliseconds(700)

    init(_ ledger: Ledger) { self.ledger = ledger }

    func summaries(of batches: [Batch]) async throws -> [StudySummary] {
        let end = ContinuousClock.now + Self.patience
        var hasJudged = false
        var summaries: [StudySummary] = []
        for batch in batches {
            var study = try await study(batch.batchID)
            if study.code == nil { study.code = try await ledger.codeDigest(of: batch.batchID) }
            if study.requirements > 0, study.judged != batch, !hasJudged || ContinuousClock.now < end {
                study.verdict = try await verdict(on: batch.batchID)
                study.judged = batch
                hasJudged = true
            }
            keep(study, of: batch.batchID)
            summaries.append(
                StudySummary(
                    batch: batch, simulation: study.simulation.name, simulationType: study.simulation.type, requirements: study.requirements,
                    verdict: study.judged == batch ? study.verdict : nil, code: study.code))
        }
        return summaries
    }

    private func study(_ batchID: String) async throws -> Known {
        if let known = known.withLock({ $0[batchID] }) { return known }
        let config = try await ledger.plan(batchID: batchID).submission.config
        return Known(simulation: config.simulation, requirements: config.requirements?.count ?? 0)
    }

    private func keep(_ study: Known, of batchID: String) {
        known.withLock { known in
            if known.count >= Self.mostKnown { known.removeAll() }
            known[batchID] = study
        }
    }

    /// On all requirements together.
    private func verdict(on batchID: String) async throws -> VerdictName {
        let verdicts = try await ledger.verdicts(batchID: batchID).verdicts.map(\.verdict)
        return verdicts.contains(.notMet) ? .notMet : verdicts.contains(.undecided) ? .undecided : .met
    }
}

extension Ledger {
    /// The JSON of what a batch was submitted as.
    ///
    /// - Throws: `LedgerError.noSuchBatch`.
    func submission(of batchID: String) async throws -> Data {
        try await driver.read { connection in
            guard let row = try connection.row(SQL.submission, [.text(batchID)]) else { throw LedgerError.noSuchBatch(batchID) }
            return Data(try row.text("submission").utf8)
        }
    }

    /// A digest of what the batch's first result says of its code; nil where it says nothing of files.
    fileprivate func codeDigest(of batchID: String) async throws -> String? {
        struct Summary: Decodable { var metadata: StudyCode.Origin }
        let summary = try await driver.read { try $0.row(SQL.summariesAfter, [.text(batchID), .int(-1), .int(1)])?.text("summary") }
        guard let summary, let origin = try? WireJSON.decode(Summary.self, from: Data(summary.utf8)).metadata,
            origin.provenance?.files.isEmpty == false
        else { return nil }
        let lines = origin.parts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)\n" }
        return String(SHA256.hash(Array(lines.joined().utf8)).hexadecimal.prefix(12))
    }
}
