/// A process that an engine keeps from one job to the next, so that jobs start sooner, as its runner last told.
public struct WarmWorker: Codable, Hashable, Sendable {
    public enum State: String, Codable, CaseIterable, Sendable {
        /// Not there yet: jobs start without one, or wait for it; `message` says what it waits for.
        case starting
        case ready
        /// Given up: jobs start without one; `message` says why.
        case off
    }

    /// Something that each job has to do by itself all the same.
    public struct LeftOut: Codable, Hashable, Sendable {
        public var module: String
        public var why: String
        public var seconds: Double

        public init(module: String, why: String, seconds: Double) {
            self.module = module
            self.why = why
            self.seconds = seconds
        }
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
    /// How many modules a job imports, and how many of them it finds imported. Nil if not known, as the next three.
    public var modules: Int?
    public var modulesWarm: Int?
    /// How long all those imports take, and how long those that a job finds done.
    public var importSeconds: Double?
    public var importSecondsWarm: Double?
    /// What a job does not find done, the longest first; not necessarily all.
    public var leftOut: [LeftOut]?

    public init(
        entrypoint: String, state: State, pid: Int32? = nil, rssBytes: Int64? = nil, jobsStarted: Int = 0, message: String? = nil,
        modules: Int? = nil, modulesWarm: Int? = nil, importSeconds: Double? = nil, importSecondsWarm: Double? = nil,
        leftOut: [LeftOut]? = nil
    ) {
        self.entrypoint = entrypoint
        self.state = state
        self.pid = pid
        self.rssBytes = rssBytes
        self.jobsStarted = jobsStarted
        self.message = message
        self.modules = modules
        self.modulesWarm = modulesWarm
        self.importSeconds = importSeconds
        self.importSecondsWarm = importSecondsWarm
        self.leftOut = leftOut
    }

    private enum CodingKeys: String, CodingKey {
        case entrypoint, state, pid, message, modules
        case rssBytes = "rss_bytes"
        case jobsStarted = "jobs_started"
        case modulesWarm = "modules_warm"
        case importSeconds = "import_seconds"
        case importSecondsWarm = "import_seconds_warm"
        case leftOut = "left_out"
    }
}
