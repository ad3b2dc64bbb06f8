import EngineABI
import Glibc
import Synchronization

/// The processes of one job as the host starts, watches and ends them: its extension `process/1`, specified in
/// `engine_extensions.h`. An engine needs nothing else to run programs. Freed with this object, which kills what still runs.
///
/// Sendable because the host permits each function on any thread in the states that the engine's job is in.
public final class HostProcesses: @unchecked Sendable {
    /// One line of standard output, without its end.
    public typealias OnLine = @Sendable (String) -> Void

    /// What the host hands back to the functions of one program.
    private final class Listener: Sendable {
        let onLine: OnLine?
        init(_ onLine: OnLine?) { self.onLine = onLine }
    }

    private let control: UnsafePointer<lynx_process_control>
    private let handle: OpaquePointer
    /// Kept until the host has no use for them.
    private let listeners = Mutex<[Listener]>([])

    /// Makes the job's output directory and writes its run configuration; to be called in `prepare`.
    ///
    /// - Throws: also if the host is older than version 1.4 of the ABI.
    public init(_ host: HostHandle, _ request: JobRequest) throws(EngineError) {
        control = try Self.find(host)
        var opened: OpaquePointer?
        let texts = LynxTexts([
            request.jobID, request.batchID, request.directory, String(decoding: request.runConfigJSON, as: UTF8.self), request.telemetryURL,
            request.simulationType, request.temporaryDirectory ?? "",
        ])
        var job = lynx_job()
        job.struct_size = UInt32(MemoryLayout<lynx_job>.size)
        (job.attempt, job.token) = (request.attempt, request.token)
        (job.job_id, job.batch_id, job.directory, job.run_config_json) = (texts[0], texts[1], texts[2], texts[3])
        (job.telemetry_url, job.simulation_type, job.temporary_directory) = (texts[4], texts[5], texts[6])
        try Self.check { [control] error in withExtendedLifetime(texts) { control.pointee.open(host.table, &job, &opened, error) } }
        guard let opened else { throw EngineError(lynx_status(LYNX_E_INTERNAL), "the host opened no processes") }
        handle = opened
    }

    /// Checks that the host has processes for engines; to be called where the engine takes its settings, so that a host that is too
    /// old is told of before the first job.
    ///
    /// - Throws: if it is older than version 1.4 of the ABI.
    public static func require(_ host: HostHandle) throws(EngineError) { _ = try find(host) }

    private static func find(_ host: HostHandle) throws(EngineError) -> UnsafePointer<lynx_process_control> {
        guard let found = LYNX_EXTENSION_PROCESS.withLynxString({ host.table.pointee.get_extension(host.table, $0) }) else {
            throw EngineError(lynx_status(LYNX_E_UNSUPPORTED), "the runner has no process/1; it needs version 1.4 of the engine ABI")
        }
        return found.assumingMemoryBound(to: lynx_process_control.self)
    }

    deinit { control.pointee.close(handle) }

    /// Starts a program, as `spawn` of `lynx_process_control` says; for `launch` to return.
    ///
    /// - Parameters:
    ///   - command: the program and its arguments.
    ///   - environment: variables beside those of the host and of the scenario contract.
    ///   - workingDirectory: nil for the job's output directory.
    ///   - isHelper: whether it only serves the others, and ends with them.
    ///   - onLine: called for each line that it prints, on a thread of its own.
    @discardableResult
    public func spawn(
        _ command: [String], environment: [String: String] = [:], workingDirectory: String? = nil, isHelper: Bool = false, onLine: OnLine? = nil
    ) throws(EngineError) -> LaunchedProcess {
        let (words, variables) = (LynxTexts(command), LynxTexts(environment.map { "\($0.key)=\($0.value)" }))
        let folder = LynxTexts([workingDirectory ?? ""])
        let listener = Listener(onLine)
        listeners.withLock { $0.append(listener) }
        var program = lynx_program()
        program.struct_size = UInt32(MemoryLayout<lynx_program>.size)
        program.is_helper = isHelper ? 1 : 0
        (program.arguments, program.argument_count) = (UnsafePointer(words.pointer), words.count)
        (program.environment, program.environment_count) = (UnsafePointer(variables.pointer), variables.count)
        program.working_directory = folder[0]
        program.context = Unmanaged.passUnretained(listener).toOpaque()
        if onLine != nil {
            program.on_line = { context, line in
                Unmanaged<Listener>.fromOpaque(context!).takeUnretainedValue().onLine?(String(lynx: line))
            }
        }
        var process = lynx_process(struct_size: UInt32(MemoryLayout<lynx_process>.size), pid: 0, exit_fd: -1)
        try Self.check { [control, handle] error in
            withExtendedLifetime((words, variables, folder)) { control.pointee.spawn(handle, &program, &process, error) }
        }
        return LaunchedProcess(pid: process.pid, exitDescriptor: process.exit_fd)
    }

    /// Sends a signal to the programs that are no helpers.
    public func signal(_ number: Int32) { control.pointee.signal(handle, number) }

    /// Ends all programs with SIGKILL, at once and without waiting.
    public func kill() { control.pointee.kill(handle) }

    /// How the first program that is no helper ended; exit code 0 is success.
    public func reap() throws(EngineError) -> SimulationExit {
        var exit = lynx_exit()
        exit.struct_size = UInt32(MemoryLayout<lynx_exit>.size)
        try Self.check { [control, handle] in control.pointee.reap(handle, &exit, $0) }
        return SimulationExit(
            exitCode: exit.exit_code >= 0 ? exit.exit_code : nil, exitSignal: exit.exit_signal > 0 ? exit.exit_signal : nil,
            success: exit.success != 0, retryable: exit.retryable != 0, maxRSSBytes: exit.max_rss_bytes, message: Self.text(&exit.message),
            failureClass: SimulationExit.FailureClass(rawValue: UInt32(clamping: exit.failure_class)) ?? .simulation)
    }

    /// Reports every regular file in the output directory.
    public func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        let collector = sink.collector
        try Self.check { [control, handle] in control.pointee.collect(handle, collector, $0) }
    }

    private static func check(_ call: (UnsafeMutablePointer<lynx_error>) -> lynx_status) throws(EngineError) {
        var error = lynx_error()
        error.struct_size = UInt32(MemoryLayout<lynx_error>.size)
        let status = call(&error)
        guard status != LYNX_OK else { return }
        throw EngineError(status, text(&error.message), errno: error.system_errno)
    }

    /// A text that ends with a NUL.
    private static func text<Characters>(_ message: inout Characters) -> String {
        withUnsafeBytes(of: &message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}

/// Texts as an array of the ABI, valid as long as this object.
private final class LynxTexts {
    let pointer: UnsafeMutablePointer<lynx_string>
    let count: Int

    init(_ texts: [String]) {
        count = texts.count
        pointer = .allocate(capacity: max(1, texts.count))
        for (index, text) in texts.enumerated() { (pointer + index).initialize(to: .immortal(text)) }
    }

    subscript(index: Int) -> lynx_string { pointer[index] }

    deinit {
        for index in 0..<count { pointer[index].data?.deallocate() }
        pointer.deallocate()
    }
}

extension HostHandle {
    /// Passes one value that the engine read from the simulator to the host. Any thread, never blocks.
    public func emit(job: UInt64, name: String, value: Double, units: String, time: Double) {
        name.withLynxString { name in
            units.withLynxString { units in
                var sample = lynx_sample(name: name, units: units, sim_time_s: time, value: value)
                table.pointee.emit_telemetry(table, job, &sample, 1)
            }
        }
    }
}
