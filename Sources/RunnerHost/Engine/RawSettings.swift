import EngineABI
import Glibc

/// Settings in the form of the ABI.
enum RawSettings {
    /// Lends the settings to `body`, which must not keep them.
    static func with<Value, Failure: Error>(
        _ settings: [String: String], _ body: (UnsafeBufferPointer<lynx_setting>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let texts = settings.sorted { $0.key < $1.key }.map { (strdup($0.key)!, strdup($0.value)!) }
        defer { for (key, value) in texts { free(key); free(value) } }
        let raw = texts.map { key, value in
            lynx_setting(key: lynx_string(data: key, size: strlen(key)), value: lynx_string(data: value, size: strlen(value)))
        }
        return try raw.withUnsafeBufferPointer { (buffer) throws(Failure) in try body(buffer) }
    }

    /// The same as the struct that `configure` receives.
    static func withConfig<Value, Failure: Error>(
        _ settings: [String: String], _ body: (UnsafePointer<lynx_engine_config>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try with(settings) { (buffer) throws(Failure) in
            var config = lynx_engine_config(
                struct_size: UInt32(MemoryLayout<lynx_engine_config>.size), settings: buffer.baseAddress, setting_count: buffer.count)
            return try body(&config)
        }
    }
}
