/// A process that an engine keeps from one job to the next, so that jobs start sooner, as its runner last told.
public struct WarmWorker: Codable, Hashable, Sendable {
    public enum State: String, Codable, CaseIterable, Sendable {
        case starting
        case ready
        /// Given up: jobs start without one; `message` says why.
        case off
    }

    /// What its jobs run, such as a scenario's path.
    public var entrypoint: String
    public var state: State
    /// Nil while there is no process.
    public var pid: Int32?
    /// Nil if not known.
    public var rssBytes: Int64?
    /// How many jobs have been started warm for this entrypoint since the runner was started.
    public var jobsStarted: Int
    public var message: String?

    public init(
        entrypoint: String, state: State, pid: Int32? = nil, rssBytes: Int64? = nil, jobsStarted: Int = 0, message: String? = nil
    ) {
        self.entrypoint = entrypoint
        self.state = state
        self.pid = pid
        self.rssBytes = rssBytes
        self.jobsStarted = jobsStarted
        self.message = message
    }

    private enum CodingKeys: String, CodingKey {
        case entrypoint, state, pid, message
        case rssBytes = "rss_bytes"
        case jobsStarted = "jobs_started"
    }
}
