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

    private let jobs = Mutex<(sinks: [UInt64: JobSink], last: UInt64)>(([:], 0))
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
                get_extension: { _, _ in nil }))
        return UnsafePointer(table)
    }

    /// A token for a job; calls that name it reach `sink` until `forget`.
    package func register(_ sink: JobSink) -> UInt64 {
        jobs.withLock { jobs in
            jobs.last += 1
            jobs.sinks[jobs.last] = sink
            return jobs.last
        }
    }

    package func forget(_ token: UInt64) { jobs.withLock { $0.sinks[token] = nil } }

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

    private func emit(_ job: UInt64, _ samples: UnsafeBufferPointer<lynx_sample>) {
        guard let sink = jobs.withLock({ $0.sinks[job] }) else { return }
        sink.emit(
            samples.map { TelemetrySample(name: String(lynx: $0.name), units: String(lynx: $0.units), simTime: $0.sim_time_s, value: $0.value) })
    }
}
