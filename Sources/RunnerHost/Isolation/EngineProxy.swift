import CChannel
import EngineABI
import Glibc
import LynxModel
import Support
import Synchronization

/// The table of an engine in a process of its own: its functions have the same meaning as the engine's, and fail in one more
/// way, with the end of the process.
enum EngineProxy {
    /// The statuses of that failure, which no engine returns: its process passes on only what the ABI knows.
    static let crashed = lynx_status(LYNX_E_INTERNAL) - 1000
    static let hung = crashed - 1
    static let resting = crashed - 2

    /// Makes the table, which lives as long as the process.
    static func makeTable(_ engine: IsolatedEngine) -> UnsafePointer<lynx_engine> {
        let description = engine.description
        let table = UnsafeMutablePointer<lynx_engine>.allocate(capacity: 1)
        table.initialize(
            to: lynx_engine(
                struct_size: UInt32(MemoryLayout<lynx_engine>.size), abi_major: LYNX_ABI_MAJOR, abi_minor: description.abiMinor,
                context: Unmanaged.passRetained(engine).toOpaque(), id: immortal(description.id),
                display_name: immortal(description.displayName), version: immortal(description.version), configure: configure,
                prepare: prepare, launch: launch, terminate: terminate, reap: reap, collect: collect, release: release,
                get_extension: getExtension))
        return UnsafePointer(table)
    }

    private static func immortal(_ text: String) -> lynx_string { lynx_string(data: strdup(text), size: text.utf8.count) }
}

/// One attempt, in the process that has prepared it.
private final class ProxyJob: Sendable {
    let engine: IsolatedEngine
    let child: EngineChild
    let number: UInt64
    /// The attempt's.
    let directory: String
    /// Open until the job is released.
    let descriptors = Mutex<[Int32]>([])

    init(_ engine: IsolatedEngine, _ child: EngineChild, _ number: UInt64, _ directory: String) {
        self.engine = engine
        self.child = child
        self.number = number
        self.directory = directory
        child.jobs.add(1, ordering: .relaxed)
    }

    deinit {
        child.jobs.subtract(1, ordering: .relaxed)
        _ = child.takeStrays(of: directory)
        for descriptor in descriptors.withLock({ $0 }) { close(descriptor) }
    }

    static func of(_ job: OpaquePointer?) -> ProxyJob { Unmanaged<ProxyJob>.fromOpaque(UnsafeRawPointer(job!)).takeUnretainedValue() }

    /// Turns the end of the process into a status.
    func status(_ error: UnsafeMutablePointer<lynx_error>?, _ body: () throws(EngineEnded) -> lynx_status) -> lynx_status {
        do throws(EngineEnded) {
            return try body()
        } catch let ended {
            return fail(error, EngineFailure(ended, of: engine.description.id))
        }
    }
}

private func engine(_ table: UnsafePointer<lynx_engine>?) -> IsolatedEngine {
    Unmanaged<IsolatedEngine>.fromOpaque(table!.pointee.context).takeUnretainedValue()
}

private func fail(_ error: UnsafeMutablePointer<lynx_error>?, _ failure: EngineFailure) -> lynx_status {
    if let error {
        error.pointee.system_errno = 0
        withUnsafeMutableBytes(of: &error.pointee.message) { target in
            let text = failure.message.utf8.prefix(target.count - 1)
            target.copyBytes(from: text)
            target[text.count] = 0
        }
    }
    return switch failure.kind {
    case .crashed: EngineProxy.crashed
    case .hung: EngineProxy.hung
    case .resting: EngineProxy.resting
    case .invalid: lynx_status(LYNX_E_INVALID)
    case .launch: lynx_status(LYNX_E_LAUNCH)
    case .resources: lynx_status(LYNX_E_RESOURCES)
    case .unsupported: lynx_status(LYNX_E_UNSUPPORTED)
    case .internal: lynx_status(LYNX_E_INTERNAL)
    }
}

private func configure(
    _ table: UnsafePointer<lynx_engine>?, _ config: UnsafePointer<lynx_engine_config>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    var settings: [String: String] = [:]
    for setting in UnsafeBufferPointer(start: config!.pointee.settings, count: config!.pointee.setting_count) {
        settings[String(lynx: setting.key)] = String(lynx: setting.value)
    }
    do throws(EngineFailure) {
        try engine(table).configure(settings)
        return lynx_status(LYNX_OK)
    } catch let failure {
        return fail(error, failure)
    }
}

private func prepare(
    _ table: UnsafePointer<lynx_engine>?, _ job: UnsafePointer<lynx_job>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    let engine = engine(table)
    do throws(EngineFailure) {
        let child = try engine.child()
        do throws(EngineEnded) {
            let (status, number) = try child.prepare(job!.pointee, error)
            // An engine that gives no handle is found out by the caller.
            guard let number, number != 0 else { return status }
            out!.pointee = OpaquePointer(Unmanaged.passRetained(ProxyJob(engine, child, number, String(lynx: job!.pointee.directory))).toOpaque())
            return status
        } catch let ended {
            throw EngineFailure(ended, of: engine.description.id)
        }
    } catch let failure {
        return fail(error, failure)
    }
}

private func launch(
    _ job: OpaquePointer?, _ process: UnsafeMutablePointer<lynx_process>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    let job = ProxyJob.of(job)
    return job.status(error) { () throws(EngineEnded) in
        let (status, pid, descriptor) = try job.child.launch(job.number, error)
        guard descriptor >= 0 else { return status }
        job.descriptors.withLock { $0.append(descriptor) }
        // The engine's own would stay silent if the process ends that was to make it readable.
        let either = lynx_either_readable(descriptor, job.child.end.raw)
        guard either >= 0 else {
            let reason = String(cString: strerror(errno))
            try? job.child.terminate(job.number)
            return fail(error, EngineFailure(kind: .resources, message: "cannot wait for the simulation's end: \(reason)"))
        }
        job.descriptors.withLock { $0.append(either) }
        process!.pointee.pid = pid
        process!.pointee.exit_fd = either
        return status
    }
}

private func stop(_ job: OpaquePointer?, _ reason: Int32, _ deadline: UInt64) -> Int32 {
    let job = ProxyJob.of(job)
    return (try? job.child.softStop(job.number, reason, deadline)) ?? 0
}

private func terminate(_ job: OpaquePointer?) {
    let job = ProxyJob.of(job)
    try? job.child.terminate(job.number)
}

private func reap(_ job: OpaquePointer?, _ result: UnsafeMutablePointer<lynx_exit>?, _ error: UnsafeMutablePointer<lynx_error>?) -> lynx_status {
    let job = ProxyJob.of(job)
    return job.status(error) { () throws(EngineEnded) in
        let (status, strays) = try job.child.reap(job.number, in: job.directory, result!, error)
        job.child.note(strays, of: job.directory)
        return status
    }
}

private func collect(
    _ job: OpaquePointer?, _ collector: UnsafePointer<lynx_collector>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    let job = ProxyJob.of(job)
    return job.status(error) { () throws(EngineEnded) in
        let status = try job.child.collect(job.number, collector!, error)
        job.engine.completedJob()
        return status
    }
}

private func release(_ job: OpaquePointer?) {
    let job = Unmanaged<ProxyJob>.fromOpaque(UnsafeRawPointer(job!)).takeRetainedValue()
    try? job.child.release(job.number)
}

/// Sendable because nothing changes it once it is made; it lives as long as the process.
private struct Extensions: @unchecked Sendable {
    let warmWorkers: UnsafeMutablePointer<lynx_warm_workers>
    let scenarios: UnsafeMutablePointer<lynx_scenarios>
    let softStop: UnsafeMutablePointer<lynx_soft_stop>
    let confinement: UnsafeMutablePointer<lynx_confinement>

    init() {
        confinement = .allocate(capacity: 1)
        confinement.initialize(to: lynx_confinement(struct_size: UInt32(MemoryLayout<lynx_confinement>.size)))
        softStop = .allocate(capacity: 1)
        softStop.initialize(to: lynx_soft_stop(struct_size: UInt32(MemoryLayout<lynx_soft_stop>.size), stop: stop))
        scenarios = .allocate(capacity: 1)
        scenarios.initialize(
            to: lynx_scenarios(struct_size: UInt32(MemoryLayout<lynx_scenarios>.size), check: check, has_default: hasDefault))
        warmWorkers = .allocate(capacity: 1)
        warmWorkers.initialize(to: lynx_warm_workers(struct_size: UInt32(MemoryLayout<lynx_warm_workers>.size), list: listWarmWorkers))
    }

    static let shared = Extensions()
}

private func getExtension(_ table: UnsafePointer<lynx_engine>?, _ name: lynx_string) -> UnsafeRawPointer? {
    let description = engine(table).description
    return switch String(lynx: name) {
    case LYNX_EXTENSION_WARM_WORKERS where description.hasWarmWorkers: UnsafeRawPointer(Extensions.shared.warmWorkers)
    case LYNX_EXTENSION_SOFT_STOP where description.stopsSoftly: UnsafeRawPointer(Extensions.shared.softStop)
    case LYNX_EXTENSION_CONFINEMENT where description.confinesCommands: UnsafeRawPointer(Extensions.shared.confinement)
    case LYNX_EXTENSION_SCENARIOS where description.runsScenarios: UnsafeRawPointer(Extensions.shared.scenarios)
    default: nil
    }
}

private func check(
    _ table: UnsafePointer<lynx_engine>?, _ config: UnsafePointer<lynx_engine_config>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    let engine = engine(table)
    do throws(EngineFailure) {
        let child = try engine.child()
        do throws(EngineEnded) { return try child.check(config!, error) } catch { throw EngineFailure(error, of: engine.description.id) }
    } catch let failure {
        return fail(error, failure)
    }
}

private func hasDefault(_ table: UnsafePointer<lynx_engine>?) -> Int32 { engine(table).hasDefault ? 1 : 0 }

private func listWarmWorkers(
    _ table: UnsafePointer<lynx_engine>?, _ take: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<lynx_warm_worker>?) -> Void)?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let take else { return }
    try? engine(table).running?.warmWorkers { take(context, $0) }
}
