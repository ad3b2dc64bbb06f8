import CLinux

/// Calls into foreign code, as all calls of an engine are.
enum EngineActivity {
    /// Makes one call. If the process crashes in it, the last line says so; if descriptors are missing after it, the process
    /// ends: whatever it would do from then on, it would do to the wrong files.
    static func during<Value, Failure: Error>(
        _ function: StaticString, of engine: String, _ body: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        lynx_set_activity("\(function) of engine \(engine)")
        defer {
            lynx_set_activity(nil)
            if !lynx_descriptors_are_intact() {
                lynx_die("engine \(engine) has closed descriptors that are not its own, in \(function) or beside it; this process ends, and its simulations with it")
            }
        }
        return try body()
    }
}
