import EngineABI
import Glibc
import Synchronization

/// The tables of the engine's extensions for the host, each function of which checks that its call is due.
extension ABICheck {
    /// The engine's extension of that name, the same each time; nil if it has none.
    func checkedExtension(_ name: lynx_string) -> UnsafeRawPointer? {
        let engine = table
        guard let found = engine.pointee.get_extension(engine, name) else { return nil }
        let name = String(lynx: name)
        if let known = state.withLock({ $0.extensions[name] }), known.inner == found { return known.checked }
        guard let checked = makeChecked(found, name) else { return found }
        let made = ExtensionTables(inner: found, checked: checked)
        return state.withLock { state -> ExtensionTables in
            // Another thread may have been first.
            if let first = state.extensions[name], first.inner == made.inner { return first }
            state.extensions[name] = made
            return made
        }.checked
    }

    /// Nil for an extension that has no functions, or that this does not know.
    private func makeChecked(_ found: UnsafeRawPointer, _ name: String) -> UnsafeRawPointer? {
        switch name {
        case LYNX_EXTENSION_WARM_WORKERS: UnsafeRawPointer(checkedWarmWorkers(found.assumingMemoryBound(to: lynx_warm_workers.self)))
        case LYNX_EXTENSION_SCENARIOS: UnsafeRawPointer(checkedScenarios(found.assumingMemoryBound(to: lynx_scenarios.self)))
        case LYNX_EXTENSION_SOFT_STOP: UnsafeRawPointer(checkedSoftStop(found.assumingMemoryBound(to: lynx_soft_stop.self)))
        case LYNX_EXTENSION_CONFIGURATION: UnsafeRawPointer(checkedConfiguration(found.assumingMemoryBound(to: lynx_configuration.self)))
        default: nil
        }
    }

    /// The table that the engine gave; the copy has none of the functions that the engine's struct does not cover.
    private func inner<Table>(_ name: String, _ type: Table.Type) -> UnsafePointer<Table> {
        state.withLock { $0.extensions[name] }!.inner.assumingMemoryBound(to: type)
    }

    private func checkedWarmWorkers(_ given: UnsafePointer<lynx_warm_workers>) -> UnsafePointer<lynx_warm_workers> {
        let table = copy(given, size: given.pointee.struct_size)
        guard table.pointee.list != nil else { return UnsafePointer(table) }
        table.pointee.list = { engine, take, context in
            let check = ABICheck.object(behind: engine)
            check.expectConfigured("list of warm_workers/1", "lynx_warm_workers.list")
            let taker = CheckedTaker(check, "lynx_warm_workers.list", "calls take for each, before it returns", in: ABICheck.extensionsHeader) {
                take!(context, $0?.assumingMemoryBound(to: lynx_warm_worker.self))
            }
            check.inner(LYNX_EXTENSION_WARM_WORKERS, lynx_warm_workers.self).pointee.list(
                check.table, { CheckedTaker.take($0, UnsafeRawPointer($1)) }, taker.context)
            taker.close()
        }
        return UnsafePointer(table)
    }

    private func checkedConfiguration(_ given: UnsafePointer<lynx_configuration>) -> UnsafePointer<lynx_configuration> {
        let table = copy(given, size: given.pointee.struct_size)
        if table.pointee.list != nil {
            table.pointee.list = { engine, take, context in
                let check = ABICheck.object(behind: engine)
                let taker = CheckedTaker(check, "lynx_configuration.list", "calls take for each key before it returns", in: ABICheck.configurationHeader) {
                    take!(context, $0?.assumingMemoryBound(to: lynx_config_key.self))
                }
                check.inner(LYNX_EXTENSION_CONFIGURATION, lynx_configuration.self).pointee.list(
                    check.table, { CheckedTaker.take($0, UnsafeRawPointer($1)) }, taker.context)
                taker.close()
            }
        }
        if table.pointee.most_jobs != nil {
            table.pointee.most_jobs = { engine, processors in
                let check = ABICheck.object(behind: engine)
                check.expectConfigured("most_jobs of configuration/1", "lynx_configuration.most_jobs", in: ABICheck.configurationHeader)
                return check.inner(LYNX_EXTENSION_CONFIGURATION, lynx_configuration.self).pointee.most_jobs(check.table, processors)
            }
        }
        return UnsafePointer(table)
    }

    private static let configurationHeader = "engine_configuration.h"

    private func checkedScenarios(_ given: UnsafePointer<lynx_scenarios>) -> UnsafePointer<lynx_scenarios> {
        let table = copy(given, size: given.pointee.struct_size)
        if table.pointee.check != nil {
            table.pointee.check = { engine, config, error in
                let check = ABICheck.object(behind: engine)
                check.expectConfigured("check of scenarios/1", "lynx_scenarios.check")
                return check.checked(
                    check.inner(LYNX_EXTENSION_SCENARIOS, lynx_scenarios.self).pointee.check(check.table, config, error), "check of scenarios/1")
            }
        }
        if table.pointee.has_default != nil {
            table.pointee.has_default = { engine in
                let check = ABICheck.object(behind: engine)
                check.expectConfigured("has_default of scenarios/1", "lynx_scenarios.has_default")
                return check.inner(LYNX_EXTENSION_SCENARIOS, lynx_scenarios.self).pointee.has_default(check.table)
            }
        }
        return UnsafePointer(table)
    }

    private func checkedSoftStop(_ given: UnsafePointer<lynx_soft_stop>) -> UnsafePointer<lynx_soft_stop> {
        let table = copy(given, size: given.pointee.struct_size)
        guard table.pointee.stop != nil else { return UnsafePointer(table) }
        table.pointee.stop = { job, reason, deadline in
            guard let check = ABICheck.owner(of: job) else { return 0 }
            let stage = check.stage(of: job)
            let again = check.update(job) { job -> Bool in
                defer { job.isAsked = true }
                return job.isAsked
            } ?? false
            // The host may have asked for it while reap began.
            if again || stage < .launched || stage >= .reaped {
                let when = again ? "a second time" : stage < .launched ? "before launch" : "after reap"
                check.report(
                    "the host called stop of engine \(check.engine) \(when)", "lynx_soft_stop.stop", "[any & between launch and reap, at most once]",
                    in: ABICheck.extensionsHeader)
            }
            return check.inner(LYNX_EXTENSION_SOFT_STOP, lynx_soft_stop.self).pointee.stop(job, reason, deadline)
        }
        return UnsafePointer(table)
    }

    private func expectConfigured(_ function: String, _ name: String, in header: String = ABICheck.extensionsHeader) {
        guard !state.withLock({ $0.isConfigured }) else { return }
        report("the host called \(function) of engine \(engine) before configure", name, "[any & after configure]", in: header)
    }

    /// Checks that a job has no fields set that only engines with an extension get.
    func checkFields(of job: UnsafePointer<lynx_job>) {
        func has(_ name: String) -> Bool { name.withLynxString { table.pointee.get_extension?(table, $0) } != nil }
        func covers<Field>(_ field: KeyPath<lynx_job, Field>) -> Bool {
            Int(job.pointee.struct_size) >= MemoryLayout<lynx_job>.offset(of: field)! + MemoryLayout<Field>.size
        }
        if covers(\.setting_count), job.pointee.setting_count > 0, !has(LYNX_EXTENSION_SCENARIOS) {
            report(
                "the host called prepare of engine \(engine) with settings", "lynx_job.settings", "only an engine with the extension scenarios/1 gets any")
        }
        let isConfined = covers(\.launcher_count) && job.pointee.launcher_count > 0 || covers(\.control_group_count) && job.pointee.control_group_count > 0
        if isConfined, !has(LYNX_EXTENSION_CONFINEMENT) {
            report(
                "the host called prepare of engine \(engine) with a launcher or control groups", "lynx_job.launcher",
                "both only for an engine with the extension confinement/1")
        }
    }
}

/// What an engine passes the entries of a list to. It is never freed, so that a call after the end of the list is found out.
///
/// Sendable because `pass` is only called while the host's call lasts, by the thread that the engine calls on.
private final class CheckedTaker: @unchecked Sendable {
    private let check: ABICheck
    private let function: String
    private let rule: String
    private let header: String
    private let pass: (UnsafeRawPointer?) -> Void
    private let isOpen = Atomic(true)

    /// - Parameter pass: passes an entry on to the host.
    init(_ check: ABICheck, _ function: String, _ rule: String, in header: String, pass: @escaping (UnsafeRawPointer?) -> Void) {
        self.check = check
        self.function = function
        self.rule = rule
        self.header = header
        self.pass = pass
    }

    /// For the engine, which may keep it for ever.
    var context: UnsafeMutableRawPointer { Unmanaged.passRetained(self).toOpaque() }

    static func take(_ context: UnsafeMutableRawPointer?, _ entry: UnsafeRawPointer?) {
        let taker = Unmanaged<CheckedTaker>.fromOpaque(context!).takeUnretainedValue()
        if taker.isOpen.load(ordering: .acquiring) { return taker.pass(entry) }
        taker.check.report("engine \(taker.check.engine) called take after list returned", taker.function, taker.rule, in: taker.header)
    }

    /// Marks the end of list.
    func close() { isOpen.store(false, ordering: .releasing) }
}
