public import EngineABI

/// Builds the C table for an engine written in Swift.
public enum EngineTable {
    /// Returns nil if `abiMajor` is not the version that this was compiled against. The table is never freed.
    public static func make<E: Engine>(
        _ type: E.Type, host: UnsafePointer<lynx_host>?, abiMajor: UInt32
    ) -> UnsafePointer<lynx_engine>? {
        guard let host, abiMajor == LYNX_ABI_MAJOR else { return nil }
        let handle = HostHandle(host)
        let state = EngineScenarios(E.self) { settings throws(EngineError) in try E(host: handle, settings: settings) }
        let table = UnsafeMutablePointer<lynx_engine>.allocate(capacity: 1)
        table.initialize(
            to: lynx_engine(
                struct_size: UInt32(MemoryLayout<lynx_engine>.size), abi_major: LYNX_ABI_MAJOR, abi_minor: LYNX_ABI_MINOR,
                context: Unmanaged.passRetained(state).toOpaque(), id: .immortal(E.id), display_name: .immortal(E.displayName),
                version: .immortal(E.version), configure: configure, prepare: prepare, launch: launch, terminate: terminate,
                reap: reap, collect: collect, release: release, get_extension: getExtension))
        return UnsafePointer(table)
    }
}

/// The object behind a `lynx_engine_job`: a class of known layout around the engine's own job.
private final class JobBox: Sendable {
    let job: any EngineJob
    init(_ job: any EngineJob) { self.job = job }
}

private func box(_ job: OpaquePointer) -> JobBox {
    Unmanaged<JobBox>.fromOpaque(UnsafeRawPointer(job)).takeUnretainedValue()
}

private func state(_ engine: UnsafePointer<lynx_engine>?) -> EngineScenarios {
    Unmanaged<EngineScenarios>.fromOpaque(engine!.pointee.context).takeUnretainedValue()
}

private func configure(
    _ engine: UnsafePointer<lynx_engine>?, _ config: UnsafePointer<lynx_engine_config>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in try state(engine).configure(EngineSettings(config!.pointee.values)) }
}

private func prepare(
    _ engine: UnsafePointer<lynx_engine>?, _ job: UnsafePointer<lynx_job>?, _ out: UnsafeMutablePointer<OpaquePointer?>?,
    _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in
        let request = JobRequest(job!)
        let prepared = try state(engine).engine(for: request.settings).prepare(request)
        out!.pointee = OpaquePointer(Unmanaged.passRetained(JobBox(prepared)).toOpaque())
    }
}

private func launch(
    _ job: OpaquePointer?, _ process: UnsafeMutablePointer<lynx_process>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in
        let launched = try box(job!).job.launch()
        process!.pointee.pid = launched.pid
        process!.pointee.exit_fd = launched.exitDescriptor
    }
}

private func terminate(_ job: OpaquePointer?) { box(job!).job.terminate() }

private func stop(_ job: OpaquePointer?, _ reason: Int32, _ deadline: UInt64) -> Int32 {
    box(job!).job.stop(StopReason(rawValue: reason) ?? .drain, deadline: deadline) ? 1 : 0
}

private func reap(
    _ job: OpaquePointer?, _ result: UnsafeMutablePointer<lynx_exit>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in
        try box(job!).job.reap().store(in: result!)
    }
}

private func collect(
    _ job: OpaquePointer?, _ collector: UnsafePointer<lynx_collector>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in try box(job!).job.collect(into: ArtifactSink(collector!)) }
}

private func release(_ job: OpaquePointer?) {
    Unmanaged<JobBox>.fromOpaque(UnsafeRawPointer(job!)).release()
}

/// Sendable because nothing changes it once it is made; it lives as long as the process.
private struct Extensions: @unchecked Sendable {
    let warmWorkers: UnsafeMutablePointer<lynx_warm_workers>
    let scenarios: UnsafeMutablePointer<lynx_scenarios>
    let softStop: UnsafeMutablePointer<lynx_soft_stop>
    let configuration: UnsafeMutablePointer<lynx_configuration>
    let confinement: UnsafeMutablePointer<lynx_confinement>

    init() {
        softStop = .allocate(capacity: 1)
        softStop.initialize(to: lynx_soft_stop(struct_size: UInt32(MemoryLayout<lynx_soft_stop>.size), stop: stop))
        configuration = .allocate(capacity: 1)
        configuration.initialize(
            to: lynx_configuration(
                struct_size: UInt32(MemoryLayout<lynx_configuration>.size), list: listConfiguration,
                most_jobs: { engine, processors in UInt32(clamping: state(engine).mostJobs(processors: Int(processors)) ?? 0) }))
        confinement = .allocate(capacity: 1)
        confinement.initialize(to: lynx_confinement(struct_size: UInt32(MemoryLayout<lynx_confinement>.size)))
        scenarios = .allocate(capacity: 1)
        scenarios.initialize(
            to: lynx_scenarios(
                struct_size: UInt32(MemoryLayout<lynx_scenarios>.size), check: checkScenario, has_default: { state($0).hasDefault ? 1 : 0 })
        )
        warmWorkers = .allocate(capacity: 1)
        warmWorkers.initialize(to: lynx_warm_workers(struct_size: UInt32(MemoryLayout<lynx_warm_workers>.size), list: listWarmWorkers))
    }

    static let shared = Extensions()
}

private func getExtension(_ engine: UnsafePointer<lynx_engine>?, _ name: lynx_string) -> UnsafeRawPointer? {
    switch String(lynx: name) {
    case LYNX_EXTENSION_CONFINEMENT where state(engine).confinesCommands: UnsafeRawPointer(Extensions.shared.confinement)
    case LYNX_EXTENSION_WARM_WORKERS: UnsafeRawPointer(Extensions.shared.warmWorkers)
    case LYNX_EXTENSION_SOFT_STOP where state(engine).stopsSoftly: UnsafeRawPointer(Extensions.shared.softStop)
    case LYNX_EXTENSION_SCENARIOS: UnsafeRawPointer(Extensions.shared.scenarios)
    case LYNX_EXTENSION_CONFIGURATION where state(engine).configuration != nil: UnsafeRawPointer(Extensions.shared.configuration)
    default: nil
    }
}

private func checkScenario(
    _ engine: UnsafePointer<lynx_engine>?, _ config: UnsafePointer<lynx_engine_config>?, _ error: UnsafeMutablePointer<lynx_error>?
) -> lynx_status {
    EngineError.status(error) { () throws(EngineError) in try state(engine).check(EngineSettings(config!.pointee.values)) }
}

private func listWarmWorkers(
    _ engine: UnsafePointer<lynx_engine>?, _ take: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<lynx_warm_worker>?) -> Void)?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let take else { return }
    for worker in state(engine).warmWorkers { worker.withRaw { take(context, $0) } }
}

extension SimulationExit {
    package func store(in target: UnsafeMutablePointer<lynx_exit>) {
        target.pointee.exit_code = exitCode ?? -1
        target.pointee.exit_signal = exitSignal ?? 0
        target.pointee.success = success ? 1 : 0
        target.pointee.retryable = retryable ? 1 : 0
        target.pointee.max_rss_bytes = maxRSSBytes
        withUnsafeMutableBytes(of: &target.pointee.message) { copyTruncated(message, into: $0) }
        // A host with version 1.0 of the ABI passes a struct without this field.
        if Int(target.pointee.struct_size) >= MemoryLayout<lynx_exit>.offset(of: \.failure_class)! + MemoryLayout<Int32>.size {
            target.pointee.failure_class = Int32(failureClass.rawValue)
        }
    }
}

private func listConfiguration(
    _ engine: UnsafePointer<lynx_engine>?, _ take: (@convention(c) (UnsafeMutableRawPointer?, UnsafePointer<lynx_config_key>?) -> Void)?,
    _ context: UnsafeMutableRawPointer?
) {
    guard let take else { return }
    for key in state(engine).configuration ?? [] { key.withRaw { take(context, $0) } }
}

extension lynx_engine_config {
    fileprivate var values: UnsafeBufferPointer<lynx_setting> { UnsafeBufferPointer(start: settings, count: setting_count) }
}

extension lynx_string {
    var bytes: UnsafeRawBufferPointer? {
        guard let data, size > 0 else { return nil }
        return UnsafeRawBufferPointer(start: data, count: size)
    }

    /// A copy that is never freed, for tables that live as long as the process.
    public static func immortal(_ text: String) -> lynx_string {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.utf8.count, alignment: 1)
        copy.copyBytes(from: text.utf8)
        return lynx_string(data: copy.baseAddress?.assumingMemoryBound(to: CChar.self), size: copy.count)
    }
}

extension String {
    init(lynx string: lynx_string) {
        self = string.bytes.map { String(decoding: $0, as: UTF8.self) } ?? ""
    }

    func withLynxString<Result>(_ body: (lynx_string) -> Result) -> Result {
        var copy = self
        return copy.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { body(lynx_string(data: $0.baseAddress, size: $0.count)) }
        }
    }
}
