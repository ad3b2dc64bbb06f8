public import EngineABI

/// The host's table, as an engine uses it.
///
/// Sendable because the host promises each of the functions below for any thread, and the table for
/// the life of the process (`engine_abi.h`).
public struct HostHandle: @unchecked Sendable {
    let table: UnsafePointer<lynx_host>

    public init(_ table: UnsafePointer<lynx_host>) { self.table = table }

    /// The minor version of the ABI that the host knows.
    public var abiMinor: UInt32 { table.pointee.abi_minor }

    /// Hands over samples that the engine took from the simulator; see `emit_telemetry`. Any thread, never blocks. Nothing is
    /// kept of what the samples point to.
    public func emit(job: UInt64, _ samples: UnsafeBufferPointer<lynx_sample>) {
        guard let first = samples.baseAddress, !samples.isEmpty else { return }
        table.pointee.emit_telemetry(table, job, first, samples.count)
    }

    public enum Level: UInt32, Sendable { case debug, info, warning, error }

    public func log(_ level: Level, job: UInt64 = 0, _ message: String) {
        message.withLynxString { table.pointee.log(table, job, lynx_log_level(level.rawValue), $0) }
    }
}

/// The settings of `lynx_engine_config`, by key.
public struct EngineSettings: Sendable {
    private var values: [String: String]

    public init(_ values: [String: String]) { self.values = values }

    init(_ config: lynx_engine_config) {
        values = [:]
        for setting in UnsafeBufferPointer(start: config.settings, count: config.setting_count) {
            values[String(lynx: setting.key)] = String(lynx: setting.value)
        }
    }

    public var keys: [String] { values.keys.sorted() }

    /// nil when absent or empty.
    public subscript(key: String) -> String? {
        guard let value = values[key], !value.isEmpty else { return nil }
        return value
    }
}
