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
        let (now, policy) = (now, policy)
        return try await driver.read { connection in
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
                let runners = try rows.map { try connection.runner($0, now: now, policy: policy) }
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

extension Cursor {
    /// The number tells where the name ends.
    fileprivate init(runner: Runner) { self.init(number: Int64(runner.name.utf8.count), text: runner.name + runner.runnerID) }

    fileprivate var runnerName: String { String(decoding: text.utf8.prefix(Int(clamping: max(0, number))), as: UTF8.self) }
    fileprivate var runnerID: String { String(decoding: text.utf8.dropFirst(Int(clamping: max(0, number))), as: UTF8.self) }
}
