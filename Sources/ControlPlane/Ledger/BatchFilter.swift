import LynxModel

/// Which batches of a tenant a list is about; nil is any.
struct BatchFilter: Hashable, Sendable {
    var tenant = Tenant.standard
    var status: BatchStatus?
    /// The whole name.
    var name: String?

    func sql(after: Bool) -> String { SQL.batches(status: status != nil, name: name != nil, after: after) }

    /// The values of `sql`, but for the limit.
    func values(after cursor: Cursor?) -> [LedgerValue] {
        var values: [LedgerValue] = [.text(tenant)]
        if let status { values.append(.text(status.rawValue)) }
        if let name { values.append(.text(name)) }
        if let cursor { values += [.instant(cursor.number), .text(cursor.text)] }
        return values
    }
}
