import EngineKit
import LynxDocument
import LynxModel

/// The engine's validated settings: `px4_*` and the common ones from the runner's fields, all others from
/// `engine_options.px4_sitl`.
struct PX4Settings: Sendable {
    let installation: PX4Installation
    let mission: Mission
    let workingDirectory: String
    let captureBytes: UInt64
    let hasPrivateSharedMemory: Bool
    /// What the scenario adds to the environment of both programs.
    let variables: [String: String]
    let model: String
    /// The default for flights whose run sets none.
    let speedFactor: Double?
    let defaultParameters: [String: VehicleParameter]
    /// The default for flights whose run sets none.
    let readiness: Readiness
    /// The least share of the speed factor: a run that was slower is a fault of the simulator. Nil accepts any speed.
    let leastSpeedShare: Double?
    let timeouts: Timeouts

    /// Timeouts in seconds of wall time unless stated otherwise.
    struct Timeouts: Hashable, Sendable {
        /// The time from PX4's start until it is ready.
        var boot = 60.0
        /// The same time in simulated seconds, which do not depend on the machine's speed.
        var bootSimulated = 30.0
        /// The wait for a free instance number.
        var instance = 300.0
        /// The longest silence of a flying PX4, or the longest time without progress of its clock.
        var link = 30.0
        /// The time from the request to shut down until the kill.
        var stop = 5.0
        /// The time for reading all parameters back.
        var parameters = 30.0
    }

    /// Whether the simulator is SIH, which is built into PX4.
    var isSIH: Bool { model.hasPrefix("sihsim") }

    private static let parameterPrefix = "default_params."
    private static let options = [
        "model", "speed_factor", "least_speed_share", "ready_when", "boot_timeout_seconds", "boot_timeout_simulated_seconds", "instance_timeout_seconds", "link_timeout_seconds", "stop_timeout_seconds",
        "parameter_timeout_seconds",
    ]
    private static let fields = [
        "python_executable", "working_directory", "log_capture_bytes", "private_dev_shm", "state_directory", "px4_binary", "px4_etc",
        "px4_entrypoint",
    ]

    init(_ settings: EngineSettings, warn: (String) -> Void) throws(EngineError) {
        try Self.checkNames(settings)
        let python = try? ProgramLookup.executable(settings["python_executable"] ?? "python3", setting: "python_executable")
        mission = try Mission(settings)
        installation = try PX4Installation(binary: settings["px4_binary"], etc: settings["px4_etc"], python: python, warn: warn)
        workingDirectory = try ProgramLookup.directory(settings["working_directory"] ?? ".", setting: "working_directory")
        captureBytes = settings["log_capture_bytes"].flatMap(UInt64.init) ?? 10 << 20
        hasPrivateSharedMemory = try PrivateSharedMemory.isWanted(settings)
        variables = settings.environment
        model = settings["model"] ?? "sihsim_quadx"
        try Self.check(model, installation)
        speedFactor = try settings["speed_factor"].map { text throws(EngineError) in
            try FlightPlan.speedFactor(Double(text).map { .number($0) } ?? .string(text), source: Self.option("speed_factor"))
        }
        defaultParameters = try Self.defaults(settings, installation.parameters)
        readiness = try settings["ready_when"].map { text throws(EngineError) in
            try FlightPlan.readiness(text, source: Self.option("ready_when"))
        } ?? .armable
        leastSpeedShare = try Self.share("least_speed_share", settings)

        var timeouts = Timeouts()
        timeouts.boot = try Self.seconds("boot_timeout_seconds", settings) ?? timeouts.boot
        timeouts.bootSimulated = try Self.seconds("boot_timeout_simulated_seconds", settings) ?? timeouts.bootSimulated
        timeouts.instance = try Self.seconds("instance_timeout_seconds", settings) ?? timeouts.instance
        timeouts.link = try Self.seconds("link_timeout_seconds", settings) ?? timeouts.link
        timeouts.stop = try Self.seconds("stop_timeout_seconds", settings) ?? timeouts.stop
        timeouts.parameters = try Self.seconds("parameter_timeout_seconds", settings) ?? timeouts.parameters
        self.timeouts = timeouts
    }

    /// Checks for the calculator that PX4's start script uses with a speed factor and that is not part of PX4.
    static func checkCalculator() throws(EngineError) {
        do {
            _ = try ProgramLookup.executable("bc", setting: "speed_factor")
        } catch {
            throw .invalid("speed_factor: PX4's start script needs the program 'bc', and there is none in PATH; install bc")
        }
    }

    private static func option(_ name: String) -> String { "engine_options.px4_sitl.\(name)" }

    private static func checkNames(_ settings: EngineSettings) throws(EngineError) {
        for key in settings.keys where !fields.contains(key) && !options.contains(key) && !key.hasPrefix(parameterPrefix) {
            let known = options + ["default_params", "max_concurrent_jobs"]
            let remedy = Suggestion.closest(to: key, among: known).map { "did you mean \($0)?" } ?? "there are \(known.joined(separator: ", "))"
            throw .invalid("\(option(key)): is not an option of this engine; \(remedy)")
        }
    }

    private static func check(_ model: String, _ installation: PX4Installation) throws(EngineError) {
        let models = Airframes.models(etc: installation.etc)
        guard !models.contains(model) else { return }
        let remedy = Suggestion.closest(to: model, among: models).map { "did you mean \($0)?" } ?? "see \(Airframes.folder(installation.etc))"
        throw .invalid("\(option("model")): this PX4 build has no model '\(model)'; \(remedy)")
    }

    private static func defaults(_ settings: EngineSettings, _ list: ParameterList?) throws(EngineError) -> [String: VehicleParameter] {
        var result: [String: VehicleParameter] = [:]
        for key in settings.keys where key.hasPrefix(parameterPrefix) {
            let name = String(key.dropFirst(parameterPrefix.count)), text = settings[key] ?? ""
            let source = option("default_params")
            guard VehicleParameter.isName(name) else {
                throw .invalid("\(source): '\(name)' is not the name of a PX4 parameter; such a name is like IMU_GYRO_CAL_EN")
            }
            let value: ParameterValue =
                switch text {
                case "true": .bool(true)
                case "false": .bool(false)
                default: Int64(text).map { .integer($0) } ?? Double(text).map { .number($0) } ?? .string(text)
                }
            result[name] = try VehicleParameter(name, value, in: list, source: source)
        }
        return result
    }

    private static func share(_ name: String, _ settings: EngineSettings) throws(EngineError) -> Double? {
        guard let text = settings[name] else { return nil }
        guard let share = Double(text), share > 0, share <= 1 else {
            throw .invalid("\(option(name)): is \(text); give a share of the speed factor, more than 0 and at most 1")
        }
        return share
    }

    private static func seconds(_ name: String, _ settings: EngineSettings) throws(EngineError) -> Double? {
        guard let text = settings[name] else { return nil }
        guard let seconds = Double(text), seconds > 0, seconds <= 86_400 else {
            throw .invalid("\(option(name)): is \(text); give seconds, more than 0 and at most 86400")
        }
        return seconds
    }
}

/// The user's program that flies the vehicle, run once for each flight.
struct Mission: Sendable {
    /// Absolute path.
    let program: String
    let arguments: [String]

    /// A Python file runs in the configured Python; any other file is executed.
    init(_ settings: EngineSettings) throws(EngineError) {
        guard let entrypoint = settings["px4_entrypoint"] else {
            throw .invalid("px4_entrypoint: missing; give the path of the mission that flies each vehicle")
        }
        if entrypoint.hasSuffix(".py") {
            program = try ProgramLookup.executable(settings["python_executable"] ?? "python3", setting: "python_executable")
            arguments = [try ProgramLookup.file(entrypoint, setting: "px4_entrypoint")]
        } else {
            program = try ProgramLookup.executable(entrypoint, setting: "px4_entrypoint")
            arguments = []
        }
    }
}
