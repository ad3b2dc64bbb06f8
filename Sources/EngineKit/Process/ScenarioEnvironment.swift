import Glibc

/// The environment of a simulation: the host's own, the scenario contract's variables, and what an engine adds.
///
/// Variables are bytes: neither name nor value need be text, and names that are the same to a String may be two. Those that a
/// dictionary of Strings can hold are in `make`'s; `GuardedProcess` and `WarmParent` hand the others down beside it.
public enum ScenarioEnvironment {
    /// Variables with these prefixes are the runner's own affairs, credentials among them, and are not handed down.
    private static let withheld = ["LYNX_RUNNER_", "TETRYX_"].map { Array($0.utf8) }

    /// - Parameter temporaryDirectory: nil leaves what the host itself has.
    public static func make(
        runConfig: String, telemetryURL: String, outputDirectory: String, temporaryDirectory: String?
    ) -> [String: String] {
        var result = split(host).text
        result["TETRYX_RUN_CONFIG"] = runConfig
        result["TETRYX_TELEMETRY_URL"] = telemetryURL
        result["TETRYX_OUTPUT_DIR"] = outputDirectory
        if let temporaryDirectory { result["TMPDIR"] = temporaryDirectory }
        return result
    }

    /// `NAME=value` of all that a process gets: what is given, and those of the host's variables that no dictionary of Strings
    /// can hold, unless they are given another value there.
    static func entries(_ given: [String: String]) -> [[UInt8]] { entries(given, beside: host) }

    static func entries(_ given: [String: String], beside host: [[UInt8]]) -> [[UInt8]] {
        let names = Set(given.keys.map { Array($0.utf8) })
        let others = split(host).bytes.filter { !names.contains(Array($0.prefix { $0 != UInt8(ascii: "=") })) }
        let entries = given.map { Array("\($0.key)=\($0.value)".utf8) } + others
        return entries.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// What of an environment a dictionary of Strings can hold, and the rest, `NAME=value` each.
    static func split(_ environment: [[UInt8]]) -> (text: [String: String], bytes: [[UInt8]]) {
        var text: [String: String] = [:]
        var bytes: [[UInt8]] = []
        var names: Set<[UInt8]> = []
        for entry in environment {
            let name = Array(entry.prefix { $0 != UInt8(ascii: "=") })
            // Of variables that are there twice the first counts, as for getenv(3).
            guard !withheld.contains(where: name.starts), names.insert(name).inserted else { continue }
            if name.count < entry.count, let key = String(validating: name, as: UTF8.self), text[key] == nil,
                let value = String(validating: entry.dropFirst(name.count + 1), as: UTF8.self)
            {
                text[key] = value
            } else {
                bytes.append(entry)
            }
        }
        return (text, bytes)
    }

    private static var host: [[UInt8]] {
        var entries: [[UInt8]] = []
        var entry = environ
        while let pointer = entry.pointee {
            entries.append(Array(UnsafeRawBufferPointer(start: pointer, count: strlen(pointer))))
            entry += 1
        }
        return entries
    }
}
