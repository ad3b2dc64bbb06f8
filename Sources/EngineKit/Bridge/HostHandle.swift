import CGuardian
public import EngineABI
import Glibc

/// The host's function table, as engines call it.
///
/// Sendable because the host permits each of the functions below on any thread, and keeps the table for the life of the process
/// (`engine_abi.h`).
public struct HostHandle: @unchecked Sendable {
    let table: UnsafePointer<lynx_host>

    public init(_ table: UnsafePointer<lynx_host>) { self.table = table }

    /// The minor version of the ABI that the host implements.
    public var abiMinor: UInt32 { table.pointee.abi_minor }

    /// Passes samples that the engine read from the simulator to the host; see `emit_telemetry`. Any thread, never blocks.
    /// Nothing that the samples point to is kept.
    public func emit(job: UInt64, _ samples: UnsafeBufferPointer<lynx_sample>) {
        guard let first = samples.baseAddress, !samples.isEmpty else { return }
        table.pointee.emit_telemetry(table, job, first, samples.count)
    }

    public enum Level: UInt32, Sendable { case debug, info, warning, error }

    public func log(_ level: Level, job: UInt64 = 0, _ message: String) {
        message.withLynxString { table.pointee.log(table, job, lynx_log_level(level.rawValue), $0) }
    }
}

/// The evidence that results depend on, such as a proof, and the retraction of that evidence: the host's extension
/// `result_basis/1`, specified in `engine_extensions.h`. With a host that lacks the extension, the functions do nothing.
///
/// Sendable because the host permits both functions on any thread, and keeps the table for the life of the process.
public struct ResultBasis: @unchecked Sendable {
    private let host: UnsafePointer<lynx_host>
    private let table: UnsafePointer<lynx_result_basis>?

    fileprivate init(_ host: UnsafePointer<lynx_host>) {
        self.host = host
        let raw = LYNX_EXTENSION_RESULT_BASIS.withLynxString { host.pointee.get_extension(host, $0) }
        table = raw?.assumingMemoryBound(to: lynx_result_basis.self)
    }

    /// Whether the host can retract results. If not, the engine should not rely on anything that may turn out wrong.
    public var isSupported: Bool { table != nil }

    /// Declares that the result of a job depends on `basis`, of which the first 256 bytes are significant. It may be called
    /// between the job's `prepare` and the end of its `collect`; the latest call counts.
    public func restsOn(job: UInt64, basis: String) {
        guard let table else { return }
        basis.withLynxString { table.pointee.rests_on(host, job, $0) }
    }

    /// Retracts all results that depend on `basis` and has their jobs run again. When this returns, the retraction is durable.
    /// A retracted basis must not be used again.
    ///
    /// - Parameter why: one line for the user.
    public func retract(basis: String, why: String) {
        guard let table else { return }
        basis.withLynxString { basis in why.withLynxString { table.pointee.retract(host, basis, $0) } }
    }
}

extension HostHandle {
    public var resultBasis: ResultBasis { ResultBasis(table) }
}

/// The setting `private_dev_shm`, which every engine receives: whether each job has its own `/dev/shm`.
public enum PrivateSharedMemory {
    /// Whether the setting is on.
    ///
    /// - Throws: if it is on but this system does not permit it.
    public static func isWanted(_ settings: EngineSettings) throws(EngineError) -> Bool {
        guard settings["private_dev_shm"] == "true" else { return false }
        let failure = lynx_private_shm_check()
        guard failure == 0 else {
            throw .invalid(
                "private_dev_shm: this user may not have a mount namespace here (\(String(cString: strerror(failure)))); run the runner where it may, as root or with unprivileged user namespaces allowed, or leave private_dev_shm false"
            )
        }
        return true
    }
}
