import LynxModel

extension Ledger {
    /// A tenant's runners, by name.
    ///
    /// - Parameters:
    ///   - status: only runners in this state now.
    ///   - after: what the previous page ended with.
    func runners(
        tenant: String, status: RunnerStatus? = nil, limit: Int, after cursor: Cursor? = nil
    ) async throws -> Page<Runner> {
        try await read { [policy] connection, now in
            let jobs = try connection.currentJobs(of: tenant)
            var found: [Runner] = []
            var last = cursor
            // A state follows from several columns and the time: it is decided row by row, part by part.
            while found.count <= limit {
                let rows =
                    if let last {
                        try connection.rows(
                            SQL.runnersAfter, [.text(tenant), .text(last.runnerName), .text(last.runnerID), .int(limit + 1)])
                    } else {
                        try connection.rows(SQL.runners, [.text(tenant), .int(limit + 1)])
                    }
                let runners = try rows.map { row in
                    let record = try RunnerRecord(row)
                    return record.model(currentJobs: jobs[record.runnerID] ?? [], now: now, policy: policy)
                }
                found += runners.filter { status == nil || $0.status == status }
                last = runners.last.map { Cursor(runner: $0) }
                if rows.count <= limit { break }
            }
            let items = Array(found.prefix(limit))
            return Page(items: items, next: found.count > limit ? items.last.map { Cursor(runner: $0).encoded } : nil)
        }
    }

    /// All of them.
    func runners(tenant: String = Tenant.standard) async throws -> [Runner] {
        try await runners(tenant: tenant, limit: 1_000_000).items
    }
}

extension LedgerConnection {
    /// The ids of the jobs that a tenant's runners have, by runner.
    fileprivate func currentJobs(of tenant: String) throws -> [String: [String]] {
        try rows(SQL.currentJobs, [.text(tenant)]).reduce(into: [:]) { jobs, row in
            let key = JobKey(batchID: try row.text("batch_id"), runIndex: try row.int("run_index"))
            jobs[try row.text("assigned_runner"), default: []].append(key.jobID)
        }
    }
}

extension Cursor {
    /// The number tells where the name ends.
    fileprivate init(runner: Runner) { self.init(number: Int64(runner.name.utf8.count), text: runner.name + runner.runnerID) }

    fileprivate var runnerName: String { String(decoding: text.utf8.prefix(Int(clamping: max(0, number))), as: UTF8.self) }
    fileprivate var runnerID: String { String(decoding: text.utf8.dropFirst(Int(clamping: max(0, number))), as: UTF8.self) }
}
