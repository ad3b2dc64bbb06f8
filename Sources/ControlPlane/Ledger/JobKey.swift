import LynxModel

/// A job's place in the ledger. Its id is `<batch_id>-<run_index>`.
struct JobKey: Hashable, Sendable {
    var batchID: String
    var runIndex: Int

    var jobID: String { "\(batchID)-\(runIndex)" }

    init(batchID: String, runIndex: Int) {
        self.batchID = batchID
        self.runIndex = runIndex
    }

    /// Nil for what cannot be the id of a job.
    init?(jobID: String) {
        guard let dash = jobID.lastIndex(of: "-"), dash != jobID.startIndex else { return nil }
        let digits = jobID[jobID.index(after: dash)...]
        // One id, one spelling: `…-07` and `…-+7` are not ids.
        guard let runIndex = Int(digits), String(runIndex) == digits, runIndex >= 0 else { return nil }
        self.init(batchID: String(jobID[..<dash]), runIndex: runIndex)
    }

    var values: [LedgerValue] { [.text(batchID), .int(runIndex)] }

    /// The values of `SQL.job`.
    var lookup: [LedgerValue] { values.reversed() }
}
