import EngineABI

/// A process that an engine keeps from one job to the next, as `lynx_warm_worker` has it.
public struct WarmWorker: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case starting
        case ready
        /// Jobs start without one; why.
        case off(String)
    }

    public var state: State
    /// What its jobs run.
    public var entrypoint: String
    /// 0 if there is no process.
    public var pid: Int32
    /// 0 if not known.
    public var residentBytes: Int
    /// Warm since the engine was configured, also from processes before this one.
    public var jobsStarted: Int

    public init(state: State, entrypoint: String, pid: Int32 = 0, residentBytes: Int = 0, jobsStarted: Int = 0) {
        self.state = state
        self.entrypoint = entrypoint
        self.pid = pid
        self.residentBytes = residentBytes
        self.jobsStarted = jobsStarted
    }

    func withRaw(_ body: (UnsafePointer<lynx_warm_worker>) -> Void) {
        let (raw, message): (lynx_warm_state, String) =
            switch state {
            case .starting: (LYNX_WARM_STARTING, "")
            case .ready: (LYNX_WARM_READY, "")
            case .off(let reason): (LYNX_WARM_OFF, reason)
            }
        entrypoint.withLynxString { entrypoint in
            message.withLynxString { message in
                var worker = lynx_warm_worker()
                worker.struct_size = UInt32(MemoryLayout<lynx_warm_worker>.size)
                worker.state = Int32(raw.rawValue)
                worker.entrypoint = entrypoint
                worker.pid = pid
                worker.rss_bytes = Int64(residentBytes)
                worker.jobs_started = UInt64(jobsStarted)
                worker.message = message
                body(&worker)
            }
        }
    }
}
