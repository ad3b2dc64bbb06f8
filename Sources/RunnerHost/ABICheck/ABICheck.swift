import EngineABI
import Glibc
import Synchronization

/// A debug mode (`LYNX_ABI_CHECK=1`) that checks the thread and state tags of `engine_abi.h` and `engine_extensions.h` while an
/// engine runs: each call that breaks a rule, by either side, is told in one line of the log that names the rule.
///
/// It stands between the two tables, and between those of their extensions: the engine gets a host's table, and the host an
/// engine's table, whose functions check and pass on. Handles of jobs and contexts stay as they are, so that functions of
/// extensions that this does not know work with them. One object for each engine; it lives as long as the process.
final class ABICheck: Sendable {
    /// What has been called for a job.
    enum Stage: Int, Comparable, Sendable {
        case preparing, prepared, launching, launched, reaping, reaped, collected, releasing, released

        static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
    }

    struct Job: Sendable {
        var token: UInt64
        var stage = Stage.preparing
        /// The function of the engine that is being called for the job, and the host's thread that calls it.
        var call: String?
        var thread: pthread_t?
        /// Whether the simulation has been asked to end.
        var isAsked = false
        var exitDescriptor: Int32 = -1
    }

    /// Sendable because nothing changes the table, which lives as long as the process.
    struct TableAddress: @unchecked Sendable {
        let pointer: UnsafePointer<lynx_engine>
    }

    /// The table of an extension as the engine gives it, and as the host gets it.
    ///
    /// Sendable because nothing changes the tables, which live as long as the process.
    struct ExtensionTables: @unchecked Sendable {
        let inner: UnsafeRawPointer
        let checked: UnsafeRawPointer
    }

    struct State: Sendable {
        /// The engine's own; nil until it has given it.
        var table: TableAddress?
        var engine = "?"
        var isConfigured = false
        var hasPrepared = false
        var launchThread: pthread_t?
        var jobs: [UInt64: Job] = [:]
        /// Tokens by the addresses of the engine's handles.
        var handles: [UInt: UInt64] = [:]
        /// The engine's extensions that the host has asked for, by their names.
        var extensions: [String: ExtensionTables] = [:]
    }

    /// The tables that are passed on to; valid as long as the process.
    nonisolated(unsafe) let inner: UnsafePointer<lynx_host>
    let state = Mutex(State())
    /// The thread that has loaded the engine.
    let mainThread = pthread_self()

    static let isOn = getenv("LYNX_ABI_CHECK").map { String(cString: $0) == "1" } ?? false

    init(_ host: UnsafePointer<lynx_host>) { inner = host }

    /// Tells what broke a rule, in one line.
    ///
    /// - Parameters:
    ///   - what: such as `engine abi called emit_telemetry before launch`.
    ///   - function: the function whose comment in the header has the rule.
    ///   - header: the name of that header.
    func report(_ what: String, _ function: String, _ rule: String, in header: String = "engine_abi.h") {
        "ABI check: \(what); the rule in \(header), \(function): \(rule)".withLynxString { inner.pointee.log(inner, 0, LYNX_LOG_ERROR, $0) }
    }

    /// The header of all extensions but `configuration/1`.
    static let extensionsHeader = "engine_extensions.h"

    var engine: String { state.withLock { $0.engine } }

    // MARK: The host's table

    /// A table that is followed in memory by the object it belongs to: its context stays the inner one's.
    static func object<Table>(behind table: UnsafePointer<Table>?) -> ABICheck {
        Unmanaged<ABICheck>.fromOpaque(UnsafeRawPointer(table!).advanced(by: placeBehind).load(as: UnsafeRawPointer.self)).takeUnretainedValue()
    }

    static let placeBehind = 4096

    /// Copies a table of a size that it says itself, and puts this object behind it.
    func copy<Table>(_ table: UnsafePointer<Table>, size: UInt32) -> UnsafeMutablePointer<Table> {
        let place = UnsafeMutableRawPointer.allocate(byteCount: Self.placeBehind + MemoryLayout<UnsafeRawPointer>.size, alignment: 16)
        memset(place, 0, Self.placeBehind)
        memcpy(place, table, min(Int(size), Self.placeBehind))
        place.storeBytes(of: UnsafeRawPointer(Unmanaged.passRetained(self).toOpaque()), toByteOffset: Self.placeBehind, as: UnsafeRawPointer.self)
        return place.assumingMemoryBound(to: Table.self)
    }

    /// The host's table for the engine.
    func makeHost() -> UnsafePointer<lynx_host> {
        let table = copy(inner, size: inner.pointee.struct_size)
        table.pointee.log = { host, job, level, message in
            let check = ABICheck.object(behind: host)
            if job != 0, !check.isKnown(job) {
                check.report(
                    "engine \(check.engine) called log for job \(job), which is not between prepare and release", "lynx_job_token",
                    "valid from prepare to the end of release")
            }
            check.inner.pointee.log(check.inner, job, level, message)
        }
        table.pointee.monotonic_ns = { host in
            let inner = ABICheck.object(behind: host).inner
            return inner.pointee.monotonic_ns(inner)
        }
        table.pointee.emit_telemetry = { host, job, samples, count in
            let check = ABICheck.object(behind: host)
            let stage = check.state.withLock { $0.jobs[job]?.stage }
            if stage.map({ $0 < .launching || $0 >= .reaped }) ?? true {
                let when = stage.map { $0 < .launching ? "before launch" : "after reap returned" } ?? "which is not between prepare and release"
                check.report(
                    "engine \(check.engine) called emit_telemetry for job \(job), \(when)", "lynx_host.emit_telemetry",
                    "[any & after launch & before reap returns]")
            }
            check.inner.pointee.emit_telemetry(check.inner, job, samples, count)
        }
        table.pointee.get_extension = { host, name in
            let check = ABICheck.object(behind: host)
            guard let found = check.inner.pointee.get_extension(check.inner, name) else { return nil }
            switch String(lynx: name) {
            case LYNX_EXTENSION_RESULT_BASIS: return UnsafeRawPointer(check.checkedBasis(found.assumingMemoryBound(to: lynx_result_basis.self)))
            case LYNX_EXTENSION_PROCESS: return UnsafeRawPointer(check.checkedProcesses(found.assumingMemoryBound(to: lynx_process_control.self)))
            default: return found
            }
        }
        return UnsafePointer(table)
    }

    func isKnown(_ job: UInt64) -> Bool { state.withLock { $0.jobs[job] != nil } }

    private func checkedBasis(_ basis: UnsafePointer<lynx_result_basis>) -> UnsafePointer<lynx_result_basis> {
        // Made anew for each that asks; engines ask seldom.
        let table = copy(basis, size: basis.pointee.struct_size)
        table.pointee.rests_on = { host, job, basis in
            let check = ABICheck.object(behind: host)
            if !check.isKnown(job) {
                check.report(
                    "engine \(check.engine) called rests_on for job \(job), which is not between prepare and release", "lynx_result_basis.rests_on",
                    "[any & between prepare and release]", in: ABICheck.extensionsHeader)
            }
            check.basis?.pointee.rests_on(check.inner, job, basis)
        }
        table.pointee.retract = { host, basis, why in
            let check = ABICheck.object(behind: host)
            check.basis?.pointee.retract(check.inner, basis, why)
        }
        return UnsafePointer(table)
    }

    private var basis: UnsafePointer<lynx_result_basis>? {
        LYNX_EXTENSION_RESULT_BASIS.withLynxString { inner.pointee.get_extension(inner, $0) }?.assumingMemoryBound(to: lynx_result_basis.self)
    }
}
