import EngineABI

/// A process that an engine keeps from one job to the next, the Swift form of `lynx_warm_worker`.
public struct WarmWorker: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case starting
        case ready
        /// Jobs start without a warm worker.
        case off
    }

    /// How much of a job's start-up the worker has done already.
    public struct Saving: Hashable, Sendable {
        public var modules: Int
        public var modulesWarm: Int
        public var importSeconds: Double
        public var importSecondsWarm: Double
        /// The modules that each job loads itself, the slowest first.
        public var leftOut: [LeftOut]

        public init(modules: Int, modulesWarm: Int, importSeconds: Double, importSecondsWarm: Double, leftOut: [LeftOut]) {
            self.modules = modules
            self.modulesWarm = modulesWarm
            self.importSeconds = importSeconds
            self.importSecondsWarm = importSecondsWarm
            self.leftOut = leftOut
        }
    }

    public struct LeftOut: Hashable, Sendable {
        public var module: String
        public var why: String
        public var seconds: Double

        public init(module: String, why: String, seconds: Double) {
            self.module = module
            self.why = why
            self.seconds = seconds
        }
    }

    public var state: State
    /// The entrypoint of the jobs that start from it.
    public var entrypoint: String
    /// Process id; 0 if there is no process.
    public var pid: Int32
    /// Resident memory in bytes; 0 if unknown.
    public var residentBytes: Int
    /// The number of jobs started warm since the engine was configured, including those of earlier processes.
    public var jobsStarted: Int
    /// What the worker is doing, or why jobs start without it; may be empty.
    public var message: String
    /// Nil if unknown.
    public var saving: Saving?

    public init(
        state: State, entrypoint: String, pid: Int32 = 0, residentBytes: Int = 0, jobsStarted: Int = 0, message: String = "",
        saving: Saving? = nil
    ) {
        self.state = state
        self.entrypoint = entrypoint
        self.pid = pid
        self.residentBytes = residentBytes
        self.jobsStarted = jobsStarted
        self.message = message
        self.saving = saving
    }

    func withRaw(_ body: (UnsafePointer<lynx_warm_worker>) -> Void) {
        let raw: lynx_warm_state =
            switch state {
            case .starting: LYNX_WARM_STARTING
            case .ready: LYNX_WARM_READY
            case .off: LYNX_WARM_OFF
            }
        entrypoint.withLynxString { entrypoint in
            message.withLynxString { message in
                withLeftOut(saving?.leftOut[...] ?? []) { leftOut in
                    var worker = lynx_warm_worker()
                    worker.struct_size = UInt32(MemoryLayout<lynx_warm_worker>.size)
                    worker.state = Int32(raw.rawValue)
                    worker.entrypoint = entrypoint
                    worker.pid = pid
                    worker.rss_bytes = Int64(residentBytes)
                    worker.jobs_started = UInt64(jobsStarted)
                    worker.message = message
                    if let saving {
                        worker.modules = UInt32(clamping: saving.modules)
                        worker.modules_warm = UInt32(clamping: saving.modulesWarm)
                        worker.import_seconds = saving.importSeconds
                        worker.import_seconds_warm = saving.importSecondsWarm
                    }
                    leftOut.withUnsafeBufferPointer { leftOut in
                        worker.left_out = leftOut.baseAddress
                        worker.left_out_count = leftOut.count
                        body(&worker)
                    }
                }
            }
        }
    }

    /// Keeps each text alive while the following ones are converted.
    private func withLeftOut(_ rest: ArraySlice<LeftOut>, made: [lynx_warm_left_out] = [], _ body: ([lynx_warm_left_out]) -> Void) {
        guard let next = rest.first else { return body(made) }
        next.module.withLynxString { module in
            next.why.withLynxString { why in
                let raw = lynx_warm_left_out(
                    struct_size: UInt32(MemoryLayout<lynx_warm_left_out>.size), module: module, why: why, seconds: next.seconds)
                withLeftOut(rest.dropFirst(), made: made + [raw], body)
            }
        }
    }
}
