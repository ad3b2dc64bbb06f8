import LynxModel

/// Which batches of a tenant a list is about; nil is any.
struct BatchFilter: Hashable, Sendable {
    var tenant = Tenant.standard
    var status: BatchStatus?
    /// The whole name.
    var name: String?
    /// What the name, the id, the simulation's name or the submitter's has in it.
    var search: String?

    static let searchedColumns = ["name", "batch_id", "simulation_name", "submitted_by"]

    func sql(after: Bool) -> String { SQL.batches(status: status != nil, name: name != nil, search: pattern != nil, after: after) }

    /// For LIKE, in which the signs that stand for any text are taken as they are.
    private var pattern: String? {
        guard let search, !search.isEmpty else { return nil }
        return "%" + search.map { "\\%_".contains($0) ? "\\\($0)" : "\($0)" }.joined() + "%"
    }

    /// The values of `sql`, but for the limit.
    func values(after cursor: Cursor?) -> [LedgerValue] {
        var values: [LedgerValue] = [.text(tenant)]
        if let status { values.append(.text(status.rawValue)) }
        if let name { values.append(.text(name)) }
        if let pattern { values += Array(repeating: .text(pattern), count: Self.searchedColumns.count) }
        if let cursor { values += [.instant(cursor.number), .text(cursor.text)] }
        return values
    }
}
