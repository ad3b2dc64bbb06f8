package import EngineABI
import EventLoop
package import Logging
import Synchronization
package import TelemetryServer

/// The host's table for engines, and the jobs that their calls may name.
package final class HostTable: Sendable {
    package static let abiMajor: UInt32 = LYNX_ABI_MAJOR

    /// The handlers and state of a running job that its engine may refer to.
    private struct Job: Sendable {
        let logger: Logger
        let emit: @Sendable ([TelemetrySample]) -> Void
        /// The basis of the job's result; nil if the engine named none.
        var basis: String?
    }

    /// Handles an engine's retraction of a basis.
    package typealias Retract = @Sendable (_ basis: String, _ reason: String) -> Void

    private let jobs = Mutex<(known: [UInt64: Job], last: UInt64)>(([:], 0))
    /// The handler, and the retractions that arrived before it was set.
    private let retracting = Mutex<(retract: Retract?, early: [(basis: String, reason: String)])>((nil, []))
    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    /// Makes the C table. The table and this object live as long as the process, as the ABI guarantees.
    package func makeTable() -> UnsafePointer<lynx_host> {
        let table = UnsafeMutablePointer<lynx_host>.allocate(capacity: 1)
        table.initialize(
            to: lynx_host(
                struct_size: UInt32(MemoryLayout<lynx_host>.size), abi_minor: LYNX_ABI_MINOR,
                context: Unmanaged.passRetained(self).toOpaque(),
                log: { host, job, level, message in HostTable.of(host).log(job, level, String(lynx: message)) },
                monotonic_ns: { _ in MonotonicClock.now },
                emit_telemetry: { host, job, samples, count in
                    HostTable.of(host).emit(job, UnsafeBufferPointer(start: samples, count: count))
                },
                get_extension: { _, name in
                    switch String(lynx: name) {
                    case LYNX_EXTENSION_RESULT_BASIS: UnsafeRawPointer(HostTable.resultBasis)
                    case LYNX_EXTENSION_PROCESS: UnsafeRawPointer(ProcessExtension.table)
                    default: nil
                    }
                }))
        return UnsafePointer(table)
    }

    /// Never changed and never freed.
    private nonisolated(unsafe) static let resultBasis: UnsafePointer<lynx_result_basis> = {
        let table = UnsafeMutablePointer<lynx_result_basis>.allocate(capacity: 1)
        table.initialize(
            to: lynx_result_basis(
                struct_size: UInt32(MemoryLayout<lynx_result_basis>.size),
                rests_on: { host, job, basis in HostTable.of(host).note(basis: basis.basis, of: job) },
                retract: { host, basis, why in HostTable.of(host).retract(basis.basis, why.line) }))
        return UnsafePointer(table)
    }()

    /// Sets the handler for retractions, which is called on the engine's thread; earlier retractions are passed to it at once.
    package func onRetract(_ retract: @escaping Retract) {
        let early = retracting.withLock { retracting in
            retracting.retract = retract
            defer { retracting.early = [] }
            return retracting.early
        }
        for (basis, reason) in early { retract(basis, reason) }
    }

    /// Registers a job and returns its token. Until `forget`, the engine's messages about the job go to `logger` and its
    /// samples to `emit`.
    package func register(_ logger: Logger, emit: @escaping @Sendable ([TelemetrySample]) -> Void) -> UInt64 {
        jobs.withLock { jobs in
            jobs.last += 1
            jobs.known[jobs.last] = Job(logger: logger, emit: emit)
            return jobs.last
        }
    }

    /// The basis that the engine has named for the job's result; nil if it has named none.
    package func basis(of token: UInt64) -> String? { jobs.withLock { $0.known[token]?.basis } }

    package func forget(_ token: UInt64) { jobs.withLock { $0.known[token] = nil } }

    private static func of(_ host: UnsafePointer<lynx_host>?) -> HostTable {
        Unmanaged<HostTable>.fromOpaque(host!.pointee.context).takeUnretainedValue()
    }

    private func log(_ job: UInt64, _ level: lynx_log_level, _ message: String) {
        let logger = jobs.withLock { $0.known[job]?.logger } ?? logger
        let level: Logger.Level =
            switch level {
            case LYNX_LOG_DEBUG: .debug
            case LYNX_LOG_INFO: .info
            case LYNX_LOG_WARNING: .warning
            default: .error
            }
        logger.log(level: level, "engine says", metadata: ["message": "\(message)"])
    }

    private func note(basis: String, of job: UInt64) {
        jobs.withLock { $0.known[job]?.basis = basis.isEmpty ? nil : basis }
    }

    private func retract(_ basis: String, _ reason: String) {
        guard !basis.isEmpty else { return }
        let retract = retracting.withLock { retracting in
            if retracting.retract == nil { retracting.early.append((basis, reason)) }
            return retracting.retract
        }
        retract?(basis, reason)
    }

    private func emit(_ job: UInt64, _ samples: UnsafeBufferPointer<lynx_sample>) {
        guard let emit = jobs.withLock({ $0.known[job]?.emit }) else { return }
        emit(
            samples.map { TelemetrySample(name: String(lynx: $0.name), units: String(lynx: $0.units), simTime: $0.sim_time_s, value: $0.value) })
    }
}

extension lynx_string {
    /// The significant part of a basis, with any bytes.
    fileprivate var basis: String { beginning(Int(LYNX_BASIS_SIZE)) }

    /// The text as one line of bounded length.
    fileprivate var line: String {
        String(
            String.UnicodeScalarView(
                beginning(Int(LYNX_ERROR_MESSAGE_SIZE)).unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control ? " " : scalar
                }))
    }

    private func beginning(_ bytes: Int) -> String { String(lynx: lynx_string(data: data, size: min(size, bytes))) }
}
