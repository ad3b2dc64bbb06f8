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

extension SQL {
    /// Values: tenant, status, name, the pattern for each searched column, the created_at and batch_id of the last one seen (each as
    /// far as asked for), the limit.
    static func batches(status: Bool, name: Bool, search: Bool = false, after: Bool) -> String {
        var conditions = ["tenant = ?"]
        if status { conditions.append("status = ?") }
        if name { conditions.append("name = ?") }
        if search {
            let hits = BatchFilter.searchedColumns.map { "LOWER(\($0)) LIKE LOWER(?) ESCAPE '\\'" }
            conditions.append("(\(hits.joined(separator: " OR ")))")
        }
        if after { conditions.append("(created_at, batch_id) < (?, ?)") }
        let filter = conditions.joined(separator: " AND ")
        return "SELECT \(batchColumns) FROM batches WHERE \(filter) ORDER BY created_at DESC, batch_id DESC LIMIT ?"
    }

    /// The jobs that are out with a tenant's runners. Values: tenant.
    static let currentJobs = """
        SELECT jobs.assigned_runner AS assigned_runner, jobs.batch_id AS batch_id, jobs.run_index AS run_index
        FROM jobs JOIN runners ON runners.runner_id = jobs.assigned_runner
        WHERE jobs.lease_expires_at IS NOT NULL AND runners.tenant = ? ORDER BY jobs.batch_id, jobs.run_index
        """

    /// Values: tenant, the limit.
    static let runners = "SELECT * FROM runners WHERE tenant = ? ORDER BY name, runner_id LIMIT ?"

    /// Values: tenant, the name and runner_id of the last one seen, the limit.
    static let runnersAfter = "SELECT * FROM runners WHERE tenant = ? AND (name, runner_id) > (?, ?) ORDER BY name, runner_id LIMIT ?"
}
