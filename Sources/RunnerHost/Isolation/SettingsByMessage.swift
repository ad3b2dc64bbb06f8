import EngineABI

/// Settings of an engine, or of a scenario that jobs run, as part of a message.
extension Message {
    mutating func put(_ settings: UnsafeBufferPointer<lynx_setting>) {
        put(UInt32(settings.count))
        for setting in settings {
            put(setting.key.bytes)
            put(setting.value.bytes)
        }
    }

    mutating func put(_ settings: [String: String]) {
        put(UInt32(settings.count))
        for (key, value) in settings.sorted(by: { $0.key < $1.key }) {
            put(key)
            put(value)
        }
    }
}

/// Places of settings within a message.
struct SettingPlaces {
    fileprivate var texts: [(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []

    /// Lends the settings, whose texts are in `content`.
    func withSettings<Value>(in content: UnsafeRawBufferPointer, _ body: (UnsafeBufferPointer<lynx_setting>) -> Value) -> Value {
        texts.map { lynx_setting(key: content.text($0.key), value: content.text($0.value)) }.withUnsafeBufferPointer(body)
    }
}

extension MessageReader {
    mutating func settings() throws(MalformedMessage) -> SettingPlaces {
        var places = SettingPlaces()
        for _ in 0..<(try value(UInt32.self)) { places.texts.append((try data(), try data())) }
        return places
    }
}

/// What an engine says of scenarios, asked from the host's side.
extension EngineChild {
    func check(
        _ config: UnsafePointer<lynx_engine_config>, _ error: UnsafeMutablePointer<lynx_error>?
    ) throws(EngineEnded) -> lynx_status {
        var message = Message(.checkScenario)
        message.put(UnsafeBufferPointer(start: config.pointee.settings, count: config.pointee.setting_count))
        return try call("check", message) { reply, _ in try reply.status(error) }
    }

    func hasDefault() throws(EngineEnded) -> Bool {
        try call("has_default", Message(.hasDefaultScenario)) { reply, _ in try reply.value(UInt8.self) != 0 }
    }
}
