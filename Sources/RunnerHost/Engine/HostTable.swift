package import EngineABI
import EventLoop
package import Logging
import Synchronization
package import TelemetryServer

/// The table that engines get of the host, and the jobs that its calls may name.
package final class HostTable: Sendable {
    package static let abiMajor: UInt32 = LYNX_ABI_MAJOR

    /// What an engine may say of a running job.
    package struct JobSink: Sendable {
        package var logger: Logger
        package var emit: @Sendable ([TelemetrySample]) -> Void

        package init(logger: Logger, emit: @escaping @Sendable ([TelemetrySample]) -> Void) {
            self.logger = logger
            self.emit = emit
        }
    }

    /// What an engine takes back.
    package typealias Retract = @Sendable (_ basis: String, _ reason: String) -> Void

    private let jobs = Mutex<(sinks: [UInt64: JobSink], bases: [UInt64: String], last: UInt64)>(([:], [:], 0))
    /// What engines took back before anybody could be told.
    private let retracting = Mutex<(retract: Retract?, early: [(basis: String, reason: String)])>((nil, []))
    private let logger: Logger

    package init(logger: Logger) { self.logger = logger }

    /// The C table. It and this object live as long as the process, as the ABI promises engines.
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
                    String(lynx: name) == LYNX_EXTENSION_RESULT_BASIS ? UnsafeRawPointer(HostTable.resultBasis) : nil
                }))
        return UnsafePointer(table)
    }

    /// Never changed, and never freed.
    private nonisolated(unsafe) static let resultBasis: UnsafePointer<lynx_result_basis> = {
        let table = UnsafeMutablePointer<lynx_result_basis>.allocate(capacity: 1)
        table.initialize(
            to: lynx_result_basis(
                struct_size: UInt32(MemoryLayout<lynx_result_basis>.size),
                rests_on: { host, job, basis in HostTable.of(host).note(basis: basis.basis, of: job) },
                retract: { host, basis, why in HostTable.of(host).retract(basis.basis, why.line) }))
        return UnsafePointer(table)
    }()

    /// Hands over what engines take back, from the thread that does; at once what they took back before.
    package func onRetract(_ retract: @escaping Retract) {
        let early = retracting.withLock { retracting in
            retracting.retract = retract
            defer { retracting.early = [] }
            return retracting.early
        }
        for (basis, reason) in early { retract(basis, reason) }
    }

    /// A token for a job; calls that name it reach `sink` until `forget`.
    package func register(_ sink: JobSink) -> UInt64 {
        jobs.withLock { jobs in
            jobs.last += 1
            jobs.sinks[jobs.last] = sink
            return jobs.last
        }
    }

    /// What the job's result rests on, as far as its engine has said.
    package func basis(of token: UInt64) -> String? { jobs.withLock { $0.bases[token] } }

    package func forget(_ token: UInt64) {
        jobs.withLock { jobs in
            jobs.sinks[token] = nil
            jobs.bases[token] = nil
        }
    }

    private static func of(_ host: UnsafePointer<lynx_host>?) -> HostTable {
        Unmanaged<HostTable>.fromOpaque(host!.pointee.context).takeUnretainedValue()
    }

    private func log(_ job: UInt64, _ level: lynx_log_level, _ message: String) {
        let logger = jobs.withLock { $0.sinks[job]?.logger } ?? logger
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
        jobs.withLock { jobs in
            guard jobs.sinks[job] != nil else { return }
            jobs.bases[job] = basis.isEmpty ? nil : basis
        }
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
        guard let sink = jobs.withLock({ $0.sinks[job] }) else { return }
        sink.emit(
            samples.map { TelemetrySample(name: String(lynx: $0.name), units: String(lynx: $0.units), simTime: $0.sim_time_s, value: $0.value) })
    }
}

extension lynx_string {
    /// The part of a basis that counts, whatever its bytes.
    fileprivate var basis: String { beginning(Int(LYNX_BASIS_SIZE)) }

    /// One line of bounded length.
    fileprivate var line: String {
        String(
            String.UnicodeScalarView(
                beginning(Int(LYNX_ERROR_MESSAGE_SIZE)).unicodeScalars.map { scalar in
                    scalar.properties.generalCategory == .control ? " " : scalar
                }))
    }

    private func beginning(_ bytes: Int) -> String { String(lynx: lynx_string(data: data, size: min(size, bytes))) }
}
