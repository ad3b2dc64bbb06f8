/// Why the ledger's database cannot be used.
public enum StorageError: Error, Hashable, Sendable, CustomStringConvertible {
    case cannotOpen(path: String, reason: String)
    case notALedger(path: String, reason: String)
    case newerSchema(path: String, found: Int, known: Int)
    case inUse(path: String)
    /// Nothing has changed.
    case unreachable(path: String, reason: String)
    /// Nothing has changed: its disk is full, for instance.
    case unusable(path: String, reason: String)
    /// Nothing has changed: it was busy with others for too long.
    case busy(path: String)
    /// The connection was lost in the moment of a commit, and it could not be found out whether the server committed.
    case outcomeUnknown(path: String, reason: String)
    /// A disk, or the user's share of it, is full; nothing has changed. It may not stay so.
    case noRoom(place: String)
    /// The files of jobs can't be kept.
    case artifacts(String)
    /// The database holds what this version never writes.
    case unexpected(String)

    /// What anybody may be told, without the names of machines and files.
    var publicReason: String {
        switch self {
        case .unreachable: "the database cannot be reached"
        case .busy, .inUse: "the database is too busy, or does not answer"
        case .unusable(_, let reason): "the database cannot be written: \(reason)"
        case .outcomeUnknown: "the database was lost while it was written to"
        case .noRoom: "there is no room on its disk"
        case .cannotOpen, .notALedger, .newerSchema, .artifacts, .unexpected: "it cannot be used; the log says why"
        }
    }

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
        case .unreachable(let path, let reason):
            "the ledger '\(path)' cannot be reached: \(reason)"
        case .unusable(let path, let reason):
            "the ledger '\(path)' cannot be used at present: \(reason)"
        case .busy(let path):
            "the ledger '\(path)' is too busy, or does not answer"
        case .outcomeUnknown(let path, let reason):
            "the ledger '\(path)' was lost while it was written to, and may or may not have kept it: \(reason)"
        case .noRoom(let place):
            "there is no room on the disk of '\(place)'"
        case .artifacts(let reason):
            "the artifact store fails: \(reason)"
        case .unexpected(let reason):
            "the ledger holds something unexpected: \(reason)"
        }
    }
}
