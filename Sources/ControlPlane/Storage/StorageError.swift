/// Why the ledger's database cannot be used.
public enum StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    case notALedger(path: String, reason: String)
    case newerSchema(path: String, found: Int, known: Int)
    case inUse(path: String)
    /// The database holds what this version never writes.
    case unexpected(String)

    public var description: String {
        switch self {
        case .cannotOpen(let path, let reason):
            "cannot open the ledger '\(path)': \(reason)"
        case .notALedger(let path, let reason):
            "'\(path)' is not a ledger, or is damaged: \(reason); move it away to start a new one"
        case .newerSchema(let path, let found, let known):
            "the ledger '\(path)' was made by a newer version (schema \(found), this version knows up to \(known)); use that version"
        case .inUse(let path):
            "the ledger '\(path)' is in use by another control plane; stop that one, or name another database file"
        case .unexpected(let reason):
            "the ledger holds something unexpected: \(reason)"
        }
    }
}
