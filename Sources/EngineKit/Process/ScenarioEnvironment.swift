import EngineABI
import Glibc
import Support

/// The environment of a simulation: the host's own, the variables of the scenario contract, and those that an engine adds.
///
/// Variables are bytes: neither name nor value has to be valid text, and two names that are equal as Strings may differ. `make`
/// returns the variables that a dictionary of Strings can hold; `GuardedProcess` and `WarmParent` pass the others on
/// separately.
public enum ScenarioEnvironment {
    /// Variables with these prefixes configure the runner, and include credentials; they are not passed on.
    private static let withheld = ["LYNX_RUNNER_", "TETRYX_"].map { Array($0.utf8) }

    /// - Parameter temporaryDirectory: nil leaves the host's own.
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

    /// The host's own variables that are passed on and that a dictionary of Strings can hold.
    static var ofHost: [String: String] { split(host).text }

    /// The whole environment of a process as `NAME=value`: the given variables, and the host's variables that no dictionary of
    /// Strings can hold unless they are given another value.
    static func entries(_ given: [String: String]) -> [[UInt8]] { entries(given, beside: host) }

    static func entries(_ given: [String: String], beside host: [[UInt8]]) -> [[UInt8]] {
        let names = Set(given.keys.map { Array($0.utf8) })
        let others = split(host).bytes.filter { !names.contains(Array($0.prefix { $0 != UInt8(ascii: "=") })) }
        let entries = given.map { Array("\($0.key)=\($0.value)".utf8) } + others
        return entries.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Splits an environment into what a dictionary of Strings can hold and the rest, as `NAME=value` each.
    static func split(_ environment: [[UInt8]]) -> (text: [String: String], bytes: [[UInt8]]) {
        var text: [String: String] = [:]
        var bytes: [[UInt8]] = []
        var names: Set<[UInt8]> = []
        for entry in environment {
            let name = Array(entry.prefix { $0 != UInt8(ascii: "=") })
            // If a variable occurs twice, the first one counts, as for getenv(3).
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

/// The paths of a job's files in its attempt's directory.
public struct JobFiles: Sendable {
    public let directory: String
    /// The simulation's TMPDIR, which the host creates and removes; nil leaves the host's own TMPDIR.
    public let temporary: String?
    public var runConfig: String { directory + "/run_config.json" }
    public var output: String { directory + "/output" }
    public var stdout: String { directory + "/stdout.log" }
    public var stderr: String { directory + "/stderr.log" }

    public init(directory: String, temporary: String? = nil) {
        self.directory = directory
        self.temporary = temporary
    }

    /// Creates the output directory (mode 0700) and writes the run configuration (mode 0600).
    public func create(runConfigJSON: [UInt8]) throws(EngineError) {
        guard mkdir(output, 0o700) == 0 else { throw Self.failure("make", .last("make", output)) }
        do throws(FileError) {
            let file = try OwnedDescriptor.open(runConfig, O_WRONLY | O_CREAT | O_EXCL)
            try file.write(runConfigJSON, to: runConfig)
        } catch {
            throw Self.failure("write", error)
        }
    }

    private static func failure(_ verb: String, _ error: FileError) -> EngineError {
        EngineError(lynx_status(LYNX_E_RESOURCES), "cannot \(verb) \(error.path): \(error.reason)", errno: error.code)
    }
}
