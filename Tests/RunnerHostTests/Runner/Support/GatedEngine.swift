import Dispatch
import EngineABI
import Glibc
import LynxModel
import Synchronization

@testable import RunnerHost

/// An engine in this process, behind the C table that a host knows: its simulations do nothing until the test lets them end.
final class GatedEngine: Sendable {
    struct State: Sendable {
        /// Every attempt that was prepared, in order.
        var runs: [AttemptKey] = []
        /// Prepared, and not ended yet.
        var running: Set<AttemptKey> = []
        var mostAtOnce = 0
        /// Launched, and not ended yet.
        var started: Set<AttemptKey> = []
        /// Ended by the host.
        var terminated: Set<AttemptKey> = []
        var endings: [AttemptKey: AttemptOutcome] = [:]
        var endsAtOnce = false
        /// What results rest on.
        var basis: @Sendable (AttemptKey) -> String? = { _ in nil }
        /// What a simulation leaves in its attempt's directory, and which of it is collected.
        var leaves: @Sendable (AttemptKey, _ directory: String) -> [Artifact] = { _, _ in [] }
        fileprivate var holdsStarts = false
        fileprivate var held: [DispatchSemaphore] = []
        fileprivate var ends: [AttemptKey: Int32] = [:]
    }

    let monitor: Monitor<State>
    let library: EngineLibrary
    fileprivate let host: UnsafePointerBox<lynx_host>

    var state: State { monitor.read { $0 } }

    /// - Parameter host: the table that the engine calls; it lives as long as the process.
    init(endsAtOnce: Bool, host: UnsafePointer<lynx_host>) throws {
        let monitor = Monitor(State(endsAtOnce: endsAtOnce))
        self.monitor = monitor
        self.host = UnsafePointerBox(pointer: host)
        // As the ABI asks, the table and what it leads to live as long as the process.
        let core = Unmanaged.passRetained(Core(monitor: monitor, host: self.host))
        let table = UnsafeMutablePointer<lynx_engine>.allocate(capacity: 1)
        table.initialize(to: Self.table(core.toOpaque()))
        library = try EngineLibrary(table, path: "")
    }

    func wait(until condition: @escaping @Sendable (State) -> Bool) async throws { try await monitor.reach(condition) }

    /// Lets a simulation end so, as soon as it has started.
    func finish(_ key: AttemptKey, _ outcome: AttemptOutcome = .success) {
        monitor.with { state in
            state.endings[key] = outcome
            state.end(key)
        }
    }

    func finish(_ job: JobAssignment, _ outcome: AttemptOutcome = .success) { finish(job.key, outcome) }

    /// Lets all simulations end, those that run now and those that come.
    func finishAll() {
        monitor.with { state in
            state.endsAtOnce = true
            for key in state.started { state.end(key) }
        }
    }

    /// Has simulations hold still before they are launched.
    func holdStarts() { monitor.with { $0.holdsStarts = true } }

    func releaseStarts() {
        monitor.with { state in
            state.holdsStarts = false
            for held in state.held { held.signal() }
            state.held = []
        }
    }
}

extension GatedEngine.State: CustomStringConvertible {
    var description: String {
        "runs \(runs), running \(running), started \(started), terminated \(terminated), endings \(endings), most at once \(mostAtOnce)"
    }

    fileprivate mutating func end(_ key: AttemptKey) {
        guard let descriptor = ends[key] else { return }
        _ = withUnsafeBytes(of: UInt8(0)) { write(descriptor, $0.baseAddress, 1) }
    }
}

/// A pointer to something that never changes.
struct UnsafePointerBox<Pointee>: @unchecked Sendable {
    let pointer: UnsafePointer<Pointee>
}

/// What the table's functions work on.
private final class Core: Sendable {
    let monitor: Monitor<GatedEngine.State>
    let host: UnsafePointerBox<lynx_host>

    init(monitor: Monitor<GatedEngine.State>, host: UnsafePointerBox<lynx_host>) {
        self.monitor = monitor
        self.host = host
    }

    static func of(_ engine: UnsafePointer<lynx_engine>?) -> Core {
        Unmanaged<Core>.fromOpaque(engine!.pointee.context).takeUnretainedValue()
    }
}

/// One attempt in the engine.
private final class GatedJob: Sendable {
    let core: Core
    let key: AttemptKey
    let token: UInt64
    let directory: String
    /// Readable once the simulation has ended, and what makes it so.
    let exit: Int32, end: Int32

    init(_ core: Core, _ job: lynx_job) {
        self.core = core
        key = AttemptKey(jobID: String(lynx: job.job_id), attempt: Int(job.attempt))
        token = job.token
        directory = String(lynx: job.directory)
        var ends: [Int32] = [-1, -1]
        pipe(&ends)
        for descriptor in ends { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        (exit, end) = (ends[0], ends[1])
    }

    deinit {
        close(exit)
        close(end)
    }

    static func of(_ handle: OpaquePointer?) -> GatedJob {
        Unmanaged<GatedJob>.fromOpaque(UnsafeRawPointer(handle!)).takeUnretainedValue()
    }

    func prepare() {
        let held = core.monitor.with { state -> DispatchSemaphore? in
            state.runs.append(key)
            state.running.insert(key)
            state.mostAtOnce = max(state.mostAtOnce, state.running.count)
            guard state.holdsStarts else { return nil }
            let held = DispatchSemaphore(value: 0)
            state.held.append(held)
            return held
        }
        held?.wait()
    }

    func launch() {
        core.monitor.with { state in
            state.started.insert(key)
            state.ends[key] = end
            if state.endsAtOnce || state.endings[key] != nil { state.end(key) }
        }
        emit("orbit.radius_km", "km", [(0, 7000), (10, 6999.5)])
    }

    private func emit(_ name: String, _ units: String, _ samples: [(simTime: Double, value: Double)]) {
        name.withLynxString { name in
            units.withLynxString { units in
                let samples = samples.map { lynx_sample(name: name, units: units, sim_time_s: $0.simTime, value: $0.value) }
                core.host.pointer.pointee.emit_telemetry(core.host.pointer, token, samples, samples.count)
            }
        }
    }

    func terminate() {
        core.monitor.with { state in
            state.terminated.insert(key)
            state.end(key)
        }
    }

    func reap(_ exit: inout lynx_exit) {
        let outcome = core.monitor.with { state -> AttemptOutcome? in
            state.over(key)
            return state.terminated.contains(key) ? nil : state.endings[key] ?? .success
        }
        exit.success = outcome == .success ? 1 : 0
        exit.exit_code = outcome == nil ? -1 : outcome == .success ? 0 : 1
        exit.exit_signal = outcome == nil ? SIGKILL : 0
        exit.retryable = 1
        exit.failure_class = outcome == .simulatorFault ? 1 : 0
    }

    func collect(_ collector: UnsafePointer<lynx_collector>) {
        let (basis, leaves) = core.monitor.read { ($0.basis(key), $0.leaves) }
        if let basis { rest(on: basis) }
        (directory + "/output").withLynxString { collector.pointee.output_directory(collector, $0) }
        for artifact in leaves(key, directory) {
            artifact.path.withLynxString { path in
                artifact.mediaType.withLynxString { mediaType in
                    var raw = lynx_artifact()
                    raw.struct_size = UInt32(MemoryLayout<lynx_artifact>.size)
                    (raw.path, raw.media_type, raw.size_bytes) = (path, mediaType, artifact.sizeBytes)
                    withUnsafeMutableBytes(of: &raw.sha256) { bytes in
                        for index in 0..<32 { bytes[index] = UInt8(artifact.sha256.dropFirst(2 * index).prefix(2), radix: 16)! }
                    }
                    collector.pointee.artifact(collector, &raw)
                }
            }
        }
    }

    private func rest(on basis: String) {
        let host = core.host.pointer
        guard let found = LYNX_EXTENSION_RESULT_BASIS.withLynxString({ host.pointee.get_extension(host, $0) }) else { return }
        let table = found.assumingMemoryBound(to: lynx_result_basis.self)
        basis.withLynxString { table.pointee.rests_on(host, token, $0) }
    }

    func release() { core.monitor.with { $0.over(key) } }
}

extension GatedEngine.State {
    fileprivate mutating func over(_ key: AttemptKey) {
        running.remove(key)
        started.remove(key)
        ends[key] = nil
    }
}

extension GatedEngine {
    private static let id = StaticText("basilisk"), version = StaticText("1.0")

    fileprivate static func table(_ context: UnsafeMutableRawPointer) -> lynx_engine {
        lynx_engine(
            struct_size: UInt32(MemoryLayout<lynx_engine>.size), abi_major: LYNX_ABI_MAJOR, abi_minor: LYNX_ABI_MINOR, context: context,
            id: id.text, display_name: id.text, version: version.text,
            configure: { _, _, _ in LYNX_OK },
            prepare: { engine, job, handle, _ in
                let job = GatedJob(Core.of(engine), job!.pointee)
                handle!.pointee = OpaquePointer(Unmanaged.passRetained(job).toOpaque())
                job.prepare()
                return LYNX_OK
            },
            launch: { handle, process, _ in
                let job = GatedJob.of(handle)
                (process!.pointee.pid, process!.pointee.exit_fd) = (0, job.exit)
                job.launch()
                return LYNX_OK
            },
            terminate: { GatedJob.of($0).terminate() },
            reap: { handle, exit, _ in
                GatedJob.of(handle).reap(&exit!.pointee)
                return LYNX_OK
            },
            collect: { handle, collector, _ in
                GatedJob.of(handle).collect(collector!)
                return LYNX_OK
            },
            release: { handle in
                GatedJob.of(handle).release()
                Unmanaged<GatedJob>.fromOpaque(UnsafeRawPointer(handle!)).release()
            },
            get_extension: { _, _ in nil })
    }
}

/// A text of a table; never freed.
private struct StaticText: @unchecked Sendable {
    let text: lynx_string

    init(_ text: String) { self.text = lynx_string(data: strdup(text), size: text.utf8.count) }
}
