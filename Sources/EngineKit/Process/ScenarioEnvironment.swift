import Glibc

/// The environment of a simulation: the host's own, the scenario contract's three variables, and what an engine adds.
public enum ScenarioEnvironment {
    /// Variables with these prefixes are the runner's own affairs, credentials among them, and are not handed down.
    private static let withheld = ["LYNX_RUNNER_", "TETRYX_"]

    public static func make(runConfig: String, telemetryURL: String, outputDirectory: String) -> [String: String] {
        var result: [String: String] = [:]
        var entry = environ
        while let pointer = entry.pointee {
            let text = String(cString: pointer)
            if let equals = text.utf8.firstIndex(of: UInt8(ascii: "=")) {
                let name = String(text[..<equals])
                if !withheld.contains(where: { name.utf8.starts(with: $0.utf8) }) { result[name] = String(text[text.utf8.index(after: equals)...]) }
            }
            entry += 1
        }
        result["TETRYX_RUN_CONFIG"] = runConfig
        result["TETRYX_TELEMETRY_URL"] = telemetryURL
        result["TETRYX_OUTPUT_DIR"] = outputDirectory
        return result
    }
}
