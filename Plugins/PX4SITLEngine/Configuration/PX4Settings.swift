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
        var boot: Double
        /// The same time in simulated seconds, which do not depend on the machine's speed.
        var bootSimulated: Double
        /// The wait for a free instance number.
        var instance: Double
        /// The longest silence of a flying PX4, or the longest time without progress of its clock.
        var link: Double
        /// The time from the request to shut down until the kill.
        var stop: Double
        /// The time for reading all parameters back.
        var parameters: Double
    }

    /// Whether the simulator is SIH, which is built into PX4.
    var isSIH: Bool { model.hasPrefix("sihsim") }

    private static let parameterPrefix = "default_params."

    init(_ settings: EngineSettings, warn: (String) -> Void) throws(EngineError) {
        let python = try? ProgramLookup.executable(settings["python_executable"] ?? "python3", setting: "python_executable")
        mission = try Mission(settings)
        installation = try PX4Installation(
            binary: PX4Options.binary.value(in: settings), etc: PX4Options.etc.value(in: settings), python: python, warn: warn)
        workingDirectory = try ProgramLookup.directory(settings["working_directory"] ?? ".", setting: "working_directory")
        captureBytes = settings["log_capture_bytes"].flatMap(UInt64.init) ?? 10 << 20
        hasPrivateSharedMemory = try PrivateSharedMemory.isWanted(settings)
        variables = settings.environment
        model = try PX4Options.model.value(in: settings)
        try Self.check(model, installation)
        speedFactor = try PX4Options.speedFactor.value(in: settings)
        defaultParameters = try Self.defaults(settings, installation.parameters)
        readiness = try PX4Options.readyWhen.value(in: settings)
        leastSpeedShare = try PX4Options.leastSpeedShare.value(in: settings)
        timeouts = Timeouts(
            boot: try PX4Options.boot.value(in: settings), bootSimulated: try PX4Options.bootSimulated.value(in: settings),
            instance: try PX4Options.instance.value(in: settings), link: try PX4Options.link.value(in: settings),
            stop: try PX4Options.stop.value(in: settings), parameters: try PX4Options.parameters.value(in: settings))
    }

    /// Checks for the calculator that PX4's start script uses with a speed factor and that is not part of PX4.
    static func checkCalculator() throws(EngineError) {
        do {
            _ = try ProgramLookup.executable("bc", setting: "speed_factor")
        } catch {
            throw .invalid("speed_factor: PX4's start script needs the program 'bc', and there is none in PATH; install bc")
        }
    }

    private static func check(_ model: String, _ installation: PX4Installation) throws(EngineError) {
        let models = Airframes.models(etc: installation.etc)
        guard !models.contains(model) else { return }
        let remedy = Suggestion.closest(to: model, among: models).map { "did you mean \($0)?" } ?? "see \(Airframes.folder(installation.etc))"
        throw .invalid("model: this PX4 build has no model '\(model)'; \(remedy)")
    }

    private static func defaults(_ settings: EngineSettings, _ list: ParameterList?) throws(EngineError) -> [String: VehicleParameter] {
        var result: [String: VehicleParameter] = [:]
        for key in settings.keys where key.hasPrefix(parameterPrefix) {
            let name = String(key.dropFirst(parameterPrefix.count)), text = settings[key] ?? ""
            let source = "default_params"
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
}

/// The user's program that flies the vehicle, run once for each flight.
struct Mission: Sendable {
    /// Absolute path.
    let program: String
    let arguments: [String]

    /// A Python file runs in the configured Python; any other file is executed.
    init(_ settings: EngineSettings) throws(EngineError) {
        guard let entrypoint = try PX4Options.entrypoint.value(in: settings) else {
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
