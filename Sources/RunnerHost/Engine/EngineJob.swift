import EngineABI
import LynxModel
import Synchronization

/// One attempt as a job inside an engine: the functions of `lynx_engine` in the order and states that the ABI requires.
///
/// Sendable because the handle is only passed to the engine, whose functions are allowed on any thread, one at a time for a job
/// (`Attempt.simulate` is sequential). The exception is `terminate`, which is allowed at any time between launch and reap, as
/// `Attempt+Stop` ensures.
struct EngineJob: @unchecked Sendable {
    struct Process: Sendable {
        /// The process group's leader; nil if only the engine can end the processes it starts.
        var pid: Int32?
        var exitDescriptor: Int32
    }

    struct Exit: Sendable {
        var exitCode: Int32?
        var exitSignal: Int32?
        var success: Bool
        var retryable: Bool
        var maxRSSBytes: Int64?
        var message: String
        /// Whether the simulator failed rather than the simulated system.
        var isSimulatorFault: Bool
    }

    private let table: UnsafePointer<lynx_engine>
    private let soft: UnsafePointer<lynx_soft_stop>?
    private let engine: String
    private let handle: OpaquePointer

    /// Calls `prepare`. Every prepared job has to be released exactly once.
    ///
    /// - Parameters:
    ///   - token: identifies the job when the engine calls the host.
    ///   - telemetryURL: the address to which the simulation may send its telemetry.
    ///   - settings: those of the job's scenario; nil for the scenario of the configuration.
    ///   - confinement: only for an engine that confines its commands.
    init(
        _ engine: EngineLibrary, _ assignment: JobAssignment, in directory: AttemptDirectory, token: UInt64, runConfigJSON: String,
        telemetryURL: String, settings: [String: String]? = nil, confinement: JobConfinement = JobConfinement()
    ) throws(EngineFailure) {
        table = engine.table
        soft = engine.softStop
        self.engine = engine.id
        let id = engine.id
        var handle: OpaquePointer?
        let table = self.table
        try assignment.jobID.withLynxString { (jobID) throws(EngineFailure) in
            try assignment.batchID.withLynxString { (batchID) throws(EngineFailure) in
                try directory.path.withLynxString { (path) throws(EngineFailure) in
                    try runConfigJSON.withLynxString { (runConfig) throws(EngineFailure) in
                        try telemetryURL.withLynxString { (telemetryURL) throws(EngineFailure) in
                            try assignment.runConfig.simulation.type.withLynxString { (type) throws(EngineFailure) in
                                try directory.temporary.withLynxString { (temporary) throws(EngineFailure) in
                                    try RawSettings.with(settings ?? [:]) { (settings) throws(EngineFailure) in
                                        try confinement.withRaw { (launcher, groups) throws(EngineFailure) in
                                            var raw = lynx_job(
                                                struct_size: UInt32(MemoryLayout<lynx_job>.size), attempt: UInt32(assignment.attempt),
                                                token: token, job_id: jobID, batch_id: batchID, directory: path,
                                                run_config_json: runConfig, telemetry_url: telemetryURL, simulation_type: type,
                                                temporary_directory: temporary, settings: settings.baseAddress, setting_count: settings.count,
                                                launcher: launcher.baseAddress, launcher_count: launcher.count,
                                                control_groups: groups.baseAddress, control_group_count: groups.count)
                                            try EngineActivity.during("prepare", of: id) { () throws(EngineFailure) in
                                                try EngineFailure.check { table.pointee.prepare(table, &raw, &handle, $0) }
                                            }
                                        }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
        guard let handle else { throw EngineFailure(kind: .internal, message: "the engine prepared a job without giving a handle") }
        self.handle = handle
    }

    func launch() throws(EngineFailure) -> Process {
        var process = lynx_process(struct_size: UInt32(MemoryLayout<lynx_process>.size), pid: 0, exit_fd: -1)
        try EngineActivity.during("launch", of: engine) { () throws(EngineFailure) in
            try EngineFailure.check { table.pointee.launch(handle, &process, $0) }
        }
        guard process.pid == 0 || process.pid > 1, process.exit_fd >= 0 else {
            throw EngineFailure(kind: .internal, message: "the engine launched a job without giving its process and exit descriptor")
        }
        return Process(pid: process.pid == 0 ? nil : process.pid, exitDescriptor: process.exit_fd)
    }

    func terminate() { EngineActivity.during("terminate", of: engine) { table.pointee.terminate(handle) } }

    /// Whether the simulation can be asked to end.
    var stopsSoftly: Bool { soft != nil }

    /// Asks the simulation to end by `deadline`, in nanoseconds of the monotonic clock. Returns false if it cannot be asked.
    func softStop(_ reason: lynx_stop_reason, _ deadline: UInt64) -> Bool {
        guard let soft else { return false }
        return EngineActivity.during("stop", of: engine) { soft.pointee.stop(handle, Int32(reason.rawValue), deadline) } != 0
    }

    func reap() throws(EngineFailure) -> Exit {
        var exit = lynx_exit()
        exit.struct_size = UInt32(MemoryLayout<lynx_exit>.size)
        exit.exit_code = -1
        try EngineActivity.during("reap", of: engine) { () throws(EngineFailure) in
            try EngineFailure.check { table.pointee.reap(handle, &exit, $0) }
        }
        return Exit(
            exitCode: exit.exit_code >= 0 ? exit.exit_code : nil, exitSignal: exit.exit_signal > 0 ? exit.exit_signal : nil,
            success: exit.success != 0, retryable: exit.retryable != 0,
            maxRSSBytes: exit.max_rss_bytes > 0 ? exit.max_rss_bytes : nil, message: String(cMessage: &exit.message),
            isSimulatorFault: exit.failure_class == Int32(LYNX_FAILURE_SIMULATOR.rawValue))
    }

    /// - Parameters:
    ///   - abandoned: returns the reason if the files are no longer wanted, otherwise nil.
    ///   - onProgress: called for each report of the engine and each other sign of progress.
    func collect(
        _ limits: ArtifactLimits, abandoned: @escaping () -> StopCause?, onProgress: @escaping () -> Void
    ) throws(EngineFailure) -> CollectedFiles {
        let files = CollectedFiles(abandoned, onProgress: onProgress)
        var collector = lynx_collector(
            struct_size: UInt32(MemoryLayout<lynx_collector>.size), context: Unmanaged.passUnretained(files).toOpaque(),
            output_directory: { CollectedFiles.of($0).outputDirectory = String(lynx: $1) },
            artifact: { CollectedFiles.of($0).add($1!.pointee) },
            warning: { CollectedFiles.of($0).warn(String(lynx: $1)) },
            max_file_bytes: limits.file, max_total_bytes: limits.total, is_cancelled: { CollectedFiles.of($0).isAbandoned ? 1 : 0 })
        try EngineActivity.during("collect", of: engine) { () throws(EngineFailure) in
            try EngineFailure.check { table.pointee.collect(handle, &collector, $0) }
        }
        return files
    }

    func release() { EngineActivity.during("release", of: engine) { table.pointee.release(handle) } }
}
