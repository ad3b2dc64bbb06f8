public import FoundationEssentials

/// Why a runner gets no jobs: too many of its attempts in a row were lost or never started, and somebody has to resume it;
/// or all its engines are in trouble, and it takes jobs again when that is over.
public struct Quarantine: Codable, Hashable, Sendable {
    public var since: Date
    public var reason: String
    /// The runner takes jobs again by itself once that is mended; otherwise somebody has to resume it.
    public var endsByItself: Bool?

    public init(since: Date, reason: String, endsByItself: Bool? = nil) {
        self.since = since
        self.reason = reason
        self.endsByItself = endsByItself
    }

    private enum CodingKeys: String, CodingKey {
        case since, reason
        case endsByItself = "ends_by_itself"
    }
}

/// What keeps an engine of a runner from starting jobs, as the runner tells: a full disk, a program that is gone.
public struct EngineTrouble: Codable, Hashable, Sendable {
    public var since: Date
    /// What is wrong, and what ends it.
    public var reason: String
    /// When the runner tries again; nil if it waits for a repair.
    public var retryAt: Date?

    public init(since: Date, reason: String, retryAt: Date? = nil) {
        self.since = since
        self.reason = reason
        self.retryAt = retryAt
    }

    private enum CodingKeys: String, CodingKey {
        case since, reason
        case retryAt = "retry_at"
    }
}

/// What an attempt was lost to.
public enum LossCause: String, Codable, CaseIterable, Sendable {
    /// The runner was told to stop.
    case stopped
    /// The runner lacks what it has been given: a program is gone, a disk is full.
    case trouble
    /// The machine failed it: there was no memory, no descriptor, no instance left; or the job asks for too much of them.
    case machine
    /// A call of the engine did not return.
    case hung
    /// The engine's own process ended while the attempt was in it. Since 1.7 of the runner protocol.
    case crashed

    /// Whether the job may have brought it about, so that it counts against the job.
    public var mayBeTheJobs: Bool { [.machine, .hung, .crashed].contains(self) }
}
