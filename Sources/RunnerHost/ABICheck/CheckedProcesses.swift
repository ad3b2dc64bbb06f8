import EngineABI
import Glibc
import Synchronization

/// The processes that engines have opened by the addresses of the host's handles, which the functions have nothing else to go
/// by. Those that were closed stay until the address is used again, so that a call after close is found out.
private let opened = Mutex<[UInt: CheckedProcesses]>([:])

/// The table of `process/1` for the engine, each function of which checks that its call is due.
extension ABICheck {
    func checkedProcesses(_ given: UnsafePointer<lynx_process_control>) -> UnsafePointer<lynx_process_control> {
        // Made anew for each that asks; engines ask seldom.
        let table = copy(given, size: given.pointee.struct_size)
        table.pointee.open = { host, job, out, error in ABICheck.object(behind: host).open(job!, out!, error) }
        table.pointee.spawn = { CheckedProcesses.of($0)?.spawn($1!, $2, $3) ?? ABICheck.unknown }
        table.pointee.signal = { CheckedProcesses.of($0)?.signal($1) }
        table.pointee.kill = { CheckedProcesses.of($0)?.kill() }
        table.pointee.reap = { CheckedProcesses.of($0)?.reap($1, $2) ?? ABICheck.unknown }
        table.pointee.collect = { CheckedProcesses.of($0)?.collect($1, $2) ?? ABICheck.unknown }
        table.pointee.close = { CheckedProcesses.of($0)?.close() }
        return UnsafePointer(table)
    }

    fileprivate var control: lynx_process_control {
        LYNX_EXTENSION_PROCESS.withLynxString { inner.pointee.get_extension(inner, $0) }!.assumingMemoryBound(to: lynx_process_control.self).pointee
    }

    private func open(
        _ job: UnsafePointer<lynx_job>, _ out: UnsafeMutablePointer<OpaquePointer?>, _ error: UnsafeMutablePointer<lynx_error>?
    ) -> lynx_status {
        let token = job.pointee.token
        let current = state.withLock { $0.jobs[token] }
        if current?.call != "prepare" || current?.thread != pthread_self() {
            let place = current?.call == "prepare" ? "on another thread than that of prepare" : "outside of prepare"
            report("engine \(engine) called open of process/1 for job \(token) \(place)", "lynx_process_control.open", "[job & in prepare]", in: Self.extensionsHeader)
        }
        let status = control.open(inner, job, out, error)
        if status == LYNX_OK, let handle = out.pointee {
            let processes = CheckedProcesses(self, token, handle)
            opened.withLock { $0[UInt(bitPattern: handle)] = processes }
        }
        return status
    }

    /// Checks that what was opened for a job has been closed.
    func expectClosed(_ token: UInt64, after event: String) {
        guard opened.withLock({ $0.values.contains { $0.isOpen(for: token, of: self) } }) else { return }
        report(
            "engine \(engine) did not call close of process/1 for job \(token) by the end of \(event)", "lynx_process_control.open", "every *out is closed once",
            in: Self.extensionsHeader)
    }
}

/// The processes of one attempt, from open to close.
///
/// Sendable because the handle is the host's, whose functions are called where the engine calls them.
private final class CheckedProcesses: @unchecked Sendable {
    private struct State: Sendable {
        /// -1 before the first program.
        var exitDescriptor: Int32 = -1
        var isReaped = false
        var isClosed = false
        /// The threads on which on_line or on_exit are being called.
        var callbacks: [pthread_t] = []
        /// Kept as long as the host may call them.
        var programs: [CheckedProgram] = []
    }

    private let check: ABICheck
    private let token: UInt64
    private let handle: OpaquePointer
    private let state = Mutex(State())

    init(_ check: ABICheck, _ token: UInt64, _ handle: OpaquePointer) {
        self.check = check
        self.token = token
        self.handle = handle
    }

    static func of(_ handle: OpaquePointer?) -> CheckedProcesses? { opened.withLock { $0[UInt(bitPattern: handle)] } }

    func isOpen(for token: UInt64, of check: ABICheck) -> Bool { self.token == token && self.check === check && state.withLock { !$0.isClosed } }

    private func report(_ function: String, _ how: String, _ rule: String) {
        check.report(
            "engine \(check.engine) called \(function) of process/1 for job \(token) \(how)", "lynx_process_control.\(function)", rule,
            in: ABICheck.extensionsHeader)
    }

    /// Whether the handle is there still; if not, the call is not passed on.
    private func isThere(_ function: String, _ rule: String) -> Bool {
        guard state.withLock({ $0.isClosed }) else { return true }
        report(function, "after close", rule)
        return false
    }

    /// A function with the tag [job] is due only on the thread on which the host calls the engine for that job.
    private func expectThreadOfJob(_ function: String, _ rule: String) {
        guard check.state.withLock({ $0.jobs[token]?.thread }) != pthread_self() else { return }
        report(function, "on a thread on which the host has not called the engine for it", rule)
    }

    func spawn(
        _ program: UnsafePointer<lynx_program>, _ process: UnsafeMutablePointer<lynx_process>?, _ error: UnsafeMutablePointer<lynx_error>?
    ) -> lynx_status {
        let rule = "[any & in launch, in on_line or in on_exit]"
        guard isThere("spawn", rule) else { return ABICheck.unknown }
        let isLaunching = check.state.withLock { $0.jobs[token]?.stage == .launching }
        if !isLaunching, state.withLock({ $0.callbacks.isEmpty }) { report("spawn", "outside of launch, on_line and on_exit", rule) }
        var own = lynx_process(struct_size: UInt32(MemoryLayout<lynx_process>.size), pid: 0, exit_fd: -1)
        let watched = CheckedProgram(program, self)
        state.withLock { $0.programs.append(watched) }
        let status = watched.withTable { table in
            withUnsafeMutablePointer(to: &own) { own in
                let status = check.control.spawn(handle, table, process ?? own, error)
                if status == LYNX_OK { state.withLock { $0.exitDescriptor = (process ?? own).pointee.exit_fd } }
                return status
            }
        }
        return status
    }

    func signal(_ number: Int32) {
        if isThere("signal", "[any & before close]") { check.control.signal(handle, number) }
    }

    func kill() {
        if isThere("kill", "[any & before close]") { check.control.kill(handle) }
    }

    func reap(_ result: UnsafeMutablePointer<lynx_exit>?, _ error: UnsafeMutablePointer<lynx_error>?) -> lynx_status {
        let rule = "[job & exit_fd is readable, once]"
        guard isThere("reap", rule) else { return ABICheck.unknown }
        expectThreadOfJob("reap", rule)
        if !hasEnded {
            report("reap", "before exit_fd is readable", rule)
        } else if state.withLock({ $0.isReaped }) {
            report("reap", "a second time", rule)
        }
        let status = check.control.reap(handle, result, error)
        if status == LYNX_OK { state.withLock { $0.isReaped = true } }
        return status
    }

    func collect(_ collector: UnsafePointer<lynx_collector>?, _ error: UnsafeMutablePointer<lynx_error>?) -> lynx_status {
        let rule = "[job & after reap]"
        guard isThere("collect", rule) else { return ABICheck.unknown }
        expectThreadOfJob("collect", rule)
        if !state.withLock({ $0.isReaped }) { report("collect", "before reap", rule) }
        return check.control.collect(handle, collector, error)
    }

    func close() {
        guard isThere("close", "[job & last]") else { return }
        if state.withLock({ $0.callbacks.contains(pthread_self()) }) {
            // It would wait for itself.
            return report("close", "in on_line or on_exit", "[job & last]: not in on_line or on_exit")
        }
        expectThreadOfJob("close", "[job & last]")
        state.withLock { $0.isClosed = true }
        check.control.close(handle)
        state.withLock { $0.programs = [] }
    }

    private var hasEnded: Bool {
        var wait = pollfd(fd: state.withLock { $0.exitDescriptor }, events: Int16(POLLIN), revents: 0)
        return wait.fd >= 0 && poll(&wait, 1, 0) == 1
    }

    /// Calls a function of the engine's program, and checks that the host may.
    func during(_ function: String, _ isBusy: borrowing Atomic<Bool>, _ body: () -> Void) {
        let thread = pthread_self()
        let again = isBusy.exchange(true, ordering: .acquiringAndReleasing)
        state.withLock { $0.callbacks.append(thread) }
        if again || hasEnded {
            check.report(
                "the host called \(function) of a program of engine \(check.engine) for job \(token) \(again ? "during another call" : "after exit_fd was readable")",
                "lynx_program.\(function)", "[any & before exit_fd is readable], one line at a time", in: ABICheck.extensionsHeader)
        }
        body()
        state.withLock { state in
            if let place = state.callbacks.firstIndex(of: thread) { state.callbacks.remove(at: place) }
        }
        if !again { isBusy.store(false, ordering: .releasing) }
    }
}

/// One program of an engine, whose functions the host calls through this.
///
/// Sendable because the functions and their context are the engine's to be called on any thread.
private final class CheckedProgram: @unchecked Sendable {
    private unowned let processes: CheckedProcesses
    /// A copy of the engine's struct, which may be longer or shorter than this version's.
    private let table: UnsafeMutableRawPointer
    private let context: UnsafeMutableRawPointer?
    private let onLine: (@convention(c) (UnsafeMutableRawPointer?, lynx_string) -> Void)?
    private let onExit: (@convention(c) (UnsafeMutableRawPointer?, Int32, Int32) -> Void)?
    private let isBusy = Atomic(false)

    init(_ program: UnsafePointer<lynx_program>, _ processes: CheckedProcesses) {
        self.processes = processes
        let size = Int(program.pointee.struct_size), whole = MemoryLayout<lynx_program>.size
        table = .allocate(byteCount: max(size, whole), alignment: 16)
        memset(table, 0, max(size, whole))
        memcpy(table, program, size)
        let copy = table.assumingMemoryBound(to: lynx_program.self)
        (context, onLine, onExit) = (copy.pointee.context, copy.pointee.on_line, copy.pointee.on_exit)
        // The host refuses one that is shorter.
        guard size >= whole else { return }
        copy.pointee.context = Unmanaged.passUnretained(self).toOpaque()
        if onLine != nil { copy.pointee.on_line = { CheckedProgram.of($0).line($1) } }
        if onExit != nil { copy.pointee.on_exit = { CheckedProgram.of($0).exit($1, $2) } }
    }

    deinit { table.deallocate() }

    private static func of(_ context: UnsafeMutableRawPointer?) -> CheckedProgram { Unmanaged<CheckedProgram>.fromOpaque(context!).takeUnretainedValue() }

    func withTable(_ body: (UnsafePointer<lynx_program>) -> lynx_status) -> lynx_status {
        body(UnsafePointer(table.assumingMemoryBound(to: lynx_program.self)))
    }

    private func line(_ line: lynx_string) { processes.during("on_line", isBusy) { onLine?(context, line) } }

    private func exit(_ code: Int32, _ signal: Int32) { processes.during("on_exit", isBusy) { onExit?(context, code, signal) } }
}
