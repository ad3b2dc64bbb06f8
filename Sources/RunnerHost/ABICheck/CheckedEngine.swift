import EngineABI
import Glibc
import Synchronization

/// The checks of all engines by the addresses of the handles of their jobs, which functions of jobs have nothing else to go by.
private let checks = Mutex<[UInt: ABICheck]>([:])

/// The engine's table for the host, each function of which checks that its call is due.
extension ABICheck {
    /// The check of the engine whose job has that handle; nil once it has been released.
    static func owner(of job: OpaquePointer?) -> ABICheck? { checks.withLock { $0[UInt(bitPattern: job)] } }

    /// - Parameter table: the engine's own, which is valid as long as the process.
    func watch(_ table: UnsafePointer<lynx_engine>) -> UnsafePointer<lynx_engine> {
        let watched = copy(table, size: table.pointee.struct_size)
        let (address, id) = (TableAddress(pointer: table), String(lynx: table.pointee.id))
        state.withLock { state in
            state.table = address
            state.engine = id
        }
        watched.pointee.configure = { engine, config, error in
            let check = ABICheck.object(behind: engine)
            let (again, late) = check.state.withLock { state in
                defer { state.isConfigured = true }
                return (state.isConfigured, state.hasPrepared)
            }
            let isElsewhere = pthread_self() != check.mainThread
            if again || late || isElsewhere {
                let how = isElsewhere ? "on another thread than the one that loaded it" : again ? "a second time" : "after prepare"
                check.report(
                    "the host called configure of engine \(check.engine) \(how)", "lynx_engine.configure",
                    "[main & before any prepare, once]")
            }
            return check.checked(check.table.pointee.configure(check.table, config, error), "configure")
        }
        watched.pointee.prepare = { engine, job, out, error in ABICheck.object(behind: engine).prepare(job!, out!, error) }
        watched.pointee.launch = { job, process, error in
            guard let check = ABICheck.owner(of: job) else { return ABICheck.unknown }
            return check.launch(job, process!, error)
        }
        watched.pointee.terminate = { job in
            guard let check = ABICheck.owner(of: job) else { return }
            let stage = check.stage(of: job)
            // The host may have asked for it while the other call began.
            if stage < .launching || stage >= .reaped {
                check.report(
                    "the host called terminate of engine \(check.engine) \(stage < .launching ? "before launch" : "after reap")", "lynx_engine.terminate",
                    "[any & between launch and reap]")
            }
            check.table.pointee.terminate(job)
        }
        watched.pointee.reap = { job, result, error in
            guard let check = ABICheck.owner(of: job) else { return ABICheck.unknown }
            return check.reap(job, result, error)
        }
        watched.pointee.collect = { job, collector, error in
            guard let check = ABICheck.owner(of: job) else { return ABICheck.unknown }
            return check.during("collect", job, from: .reaped ... .reaped, "[job & after reap]", then: .collected) {
                let checked = CheckedCollector(collector!, check)
                defer { checked.close() }
                return check.table.pointee.collect(job, checked.table, error)
            }
        }
        watched.pointee.release = { job in
            guard let check = ABICheck.owner(of: job) else { return }
            let token = check.token(of: job)
            _ = check.during("release", job, from: .prepared ... .collected, "[job & last]", then: .released) {
                check.table.pointee.release(job)
                return lynx_status(LYNX_OK)
            }
            if let token { check.expectClosed(token, after: "release") }
            check.forget(job)
        }
        if table.pointee.get_extension != nil {
            watched.pointee.get_extension = { engine, name in
                ABICheck.object(behind: engine).checkedExtension(name)
            }
        }
        return UnsafePointer(watched)
    }

    /// The status of a call that cannot be passed on, as the job is not known.
    static let unknown = lynx_status(LYNX_E_INTERNAL)

    var table: UnsafePointer<lynx_engine> { state.withLock { $0.table }!.pointer }

    private func prepare(
        _ job: UnsafePointer<lynx_job>, _ out: UnsafeMutablePointer<OpaquePointer?>, _ error: UnsafeMutablePointer<lynx_error>?
    ) -> lynx_status {
        let token = job.pointee.token
        let isConfigured = state.withLock { state in
            state.hasPrepared = true
            state.jobs[token] = Job(token: token, call: "prepare", thread: pthread_self())
            return state.isConfigured
        }
        if !isConfigured {
            report(
                "the host called prepare of engine \(engine) before configure", "lynx_engine.configure", "[main & before any prepare, once]"
            )
        }
        checkFields(of: job)
        let status = checked(table.pointee.prepare(table, job, out, error), "prepare")
        let handle = out.pointee
        if status == LYNX_OK, handle == nil {
            report(
                "engine \(engine) returned LYNX_OK from prepare without a handle", "lynx_engine.prepare",
                "on success *out is the attempt's handle")
        }
        guard status == LYNX_OK, let handle else {
            expectClosed(token, after: "a prepare that failed")
            state.withLock { $0.jobs[token] = nil }
            return status
        }
        checks.withLock { $0[UInt(bitPattern: handle)] = self }
        state.withLock { state in
            state.handles[UInt(bitPattern: handle)] = token
            state.jobs[token]?.stage = .prepared
            state.jobs[token]?.call = nil
            state.jobs[token]?.thread = nil
        }
        return status
    }

    private func launch(
        _ job: OpaquePointer?, _ process: UnsafeMutablePointer<lynx_process>, _ error: UnsafeMutablePointer<lynx_error>?
    ) -> lynx_status {
        let thread = pthread_self()
        let first = state.withLock { state in
            defer { state.launchThread = state.launchThread ?? thread }
            return state.launchThread ?? thread
        }
        if first != thread {
            report(
                "the host called launch of engine \(engine) on a second thread", "lynx_engine.launch",
                "[launch]: one thread for all launches of this engine")
        }
        return during("launch", job, from: .prepared ... .prepared, "[launch & after prepare]", before: .launching, then: .launched) {
            let status = table.pointee.launch(job, process, error)
            guard status == LYNX_OK else { return status }
            if fcntl(process.pointee.exit_fd, F_GETFD) < 0 {
                report(
                    "engine \(engine) returned LYNX_OK from launch without an open exit_fd", "lynx_process.exit_fd",
                    "owned by the engine, open until release()")
            }
            if process.pointee.pid < 0 || process.pointee.pid == 1 {
                report("engine \(engine) returned pid \(process.pointee.pid) from launch", "lynx_process.pid", "the first process, or 0")
            }
            update(job) { $0.exitDescriptor = process.pointee.exit_fd }
            return status
        }
    }

    private func reap(_ job: OpaquePointer?, _ result: UnsafeMutablePointer<lynx_exit>?, _ error: UnsafeMutablePointer<lynx_error>?) -> lynx_status {
        var wait = pollfd(
            fd: token(of: job).flatMap { token in state.withLock { $0.jobs[token]?.exitDescriptor } } ?? -1, events: Int16(POLLIN),
            revents: 0)
        if stage(of: job) == .launched, poll(&wait, 1, 0) < 1 {
            report("the host called reap of engine \(engine) before exit_fd is readable", "lynx_engine.reap", "[job & exit_fd is readable]")
        }
        return during("reap", job, from: .launched ... .launched, "[job & exit_fd is readable]", before: .reaping, then: .reaped) {
            table.pointee.reap(job, result, error)
        }
    }

    /// Makes a [job] call, and reports if the job is not in the stage for it, or in a call already.
    private func during(
        _ function: String, _ job: OpaquePointer?, from stages: ClosedRange<Stage>, _ rule: String, before: Stage? = nil, then after: Stage,
        _ body: () -> lynx_status
    ) -> lynx_status {
        let current = stage(of: job)
        let other = update(job) { (job: inout Job) -> String? in
            guard job.call == nil else { return job.call }
            (job.call, job.thread) = (function, pthread_self())
            return nil
        } ?? nil
        if let other {
            report(
                "the host called \(function) of engine \(engine) during \(other) of the same job", "lynx_engine.\(function)",
                "[job]: never two at once for the same job")
        }
        if !stages.contains(current) {
            report("the host called \(function) of engine \(engine) when the job was \(current)", "lynx_engine.\(function)", rule)
        }
        if let before { _ = update(job) { $0.stage = max($0.stage, before) } }
        let status = checked(body(), function)
        _ = update(job) { job in
            if other == nil { (job.call, job.thread) = (nil, nil) }
            if status == LYNX_OK || after != .launched { job.stage = max(job.stage, after) }
        }
        return status
    }

    func checked(_ status: lynx_status, _ function: String) -> lynx_status {
        if !(LYNX_E_INTERNAL...LYNX_OK).contains(status) {
            report("engine \(engine) returned the unknown status \(status) from \(function)", "lynx_status", "LYNX_OK, or one of the failures")
        }
        return status
    }

    func token(of job: OpaquePointer?) -> UInt64? { state.withLock { $0.handles[UInt(bitPattern: job)] } }

    func stage(of job: OpaquePointer?) -> Stage {
        token(of: job).flatMap { token in state.withLock { $0.jobs[token]?.stage } } ?? .released
    }

    @discardableResult
    func update<Value>(_ job: OpaquePointer?, _ body: (inout Job) -> Value) -> Value? {
        guard let token = token(of: job) else { return nil }
        return state.withLock { state in state.jobs[token] == nil ? nil : body(&state.jobs[token]!) }
    }

    private func forget(_ job: OpaquePointer?) {
        checks.withLock { $0[UInt(bitPattern: job)] = nil }
        state.withLock { state in
            if let token = state.handles.removeValue(forKey: UInt(bitPattern: job)) { state.jobs[token] = nil }
        }
    }
}
