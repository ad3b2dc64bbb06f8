import EngineKit
import FoundationEssentials
import LynxModel

/// The settings of one run for PX4: its parameters, its home position and its speed factor. Everything else in the run
/// configuration belongs to the mission.
struct FlightPlan: Sendable {
    /// Parameters by name, including default parameters that the run does not override.
    var parameters: [String: VehicleParameter]
    /// `LAT`, `LON` and `ALT` as given.
    var home: [String: Double]
    /// Nil if none was given; PX4 then runs in real time.
    var speedFactor: Double?
    var readiness: Readiness
    /// Warnings about names that may be misspelled, one line each.
    var warnings: [String] = []

    /// The dispersions that the engine itself uses, besides PX4's parameters.
    static let names = ["home_lat_deg", "home_lon_deg", "home_alt_m", "speed_factor", "ready_when"]

    /// - Parameters:
    ///   - isSIH: whether the simulator is SIH, which keeps the home position in parameters of its own.
    /// - Throws: an error for every value that PX4 would ignore, misread or overwrite, so that no flight uses other values
    ///   than those given.
    init(
        runConfigJSON: [UInt8], defaults: [String: VehicleParameter], defaultSpeedFactor: Double?, defaultReadiness: Readiness = .armable,
        list: ParameterList?, isSIH: Bool = true
    ) throws(EngineError) {
        let run: RunConfiguration
        do {
            run = try WireJSON.decode(RunConfiguration.self, from: Data(runConfigJSON))
        } catch {
            throw .invalid("the run configuration cannot be read: \(error)")
        }
        home = [:]
        speedFactor = defaultSpeedFactor
        readiness = defaultReadiness
        parameters = defaults
        for (key, value) in run.parameters.sorted(by: { $0.key < $1.key }) {
            switch key {
            case "home_lat_deg": home["LAT"] = try Self.place(key, value, "LAT", within: -90...90, isSIH ? list : nil)
            case "home_lon_deg": home["LON"] = try Self.place(key, value, "LON", within: -180...180, isSIH ? list : nil)
            case "home_alt_m": home["ALT"] = try Self.place(key, value, "ALT", within: -10_000...100_000, isSIH ? list : nil)
            case "speed_factor": speedFactor = try Self.speedFactor(value, source: key)
            case "ready_when": readiness = try Self.readiness(value.plain, source: key)
            case _ where VehicleParameter.isName(key):
                parameters[key] = try VehicleParameter(key, value, in: list, source: "dispersions")
            default: MissionName.warning(key, list).map { warnings.append($0) }
            }
        }
        for name in parameters.keys.sorted() {
            if let reason = Self.overwritten(name, hasSpeedFactor: speedFactor != nil, home: home) {
                throw .invalid("\(name) cannot be set: \(reason)")
            }
        }
    }

    /// The variables for PX4's environment.
    var environment: [String: String] {
        var result: [String: String] = [:]
        for (name, parameter) in parameters { result["PX4_PARAM_\(name)"] = parameter.text }
        for (axis, value) in home { result["PX4_HOME_\(axis)"] = value.description }
        if let speedFactor { result["PX4_SIM_SPEED_FACTOR"] = speedFactor.description }
        return result
    }

    /// The parameters to read back: the given ones, and those that SIH derives from the home position.
    ///
    /// - Parameter isSIH: whether the simulator is SIH.
    func expected(isSIH: Bool) -> [VehicleParameter] {
        let homes = home.sorted { $0.key < $1.key }.compactMap { axis, value in Self.homeParameters[axis].map { VehicleParameter($0, value) } }
        return parameters.values.sorted { $0.name < $1.name } + (isSIH ? homes : [])
    }

    /// Whether PX4 logs from its start on, which is the default of its SITL build.
    var logsFromStart: Bool { parameters["SDLOG_MODE"].map { $0.value == 1 || $0.value == 2 } ?? true }

    private static let homeParameters = ["LAT": "SIH_LOC_LAT0", "LON": "SIH_LOC_LON0", "ALT": "SIH_LOC_H0"]

    /// A valid speed factor. PX4's start script calculates with it, using a program that does not read exponents.
    static func speedFactor(_ value: ParameterValue, source: String) throws(EngineError) -> Double {
        try number(source, value, within: 0.01...1000, "PX4 hangs at its start otherwise")
    }

    static func readiness(_ word: String, source: String) throws(EngineError) -> Readiness {
        guard let readiness = Readiness(rawValue: word) else {
            throw .invalid("\(source) is \(word); give one of \(Readiness.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return readiness
    }

    /// - Parameter list: contains the limits of the parameter that the simulator derives from the value.
    private static func place(
        _ key: String, _ value: ParameterValue, _ axis: String, within range: ClosedRange<Double>, _ list: ParameterList?
    ) throws(EngineError) -> Double {
        let number = try number(key, value, within: range)
        if let name = homeParameters[axis], let limits = list?[name]?.limits(brokenBy: number) {
            throw .invalid("\(key) is \(value.plain), and this PX4 build's limits of \(name) are \(limits); give a value within them")
        }
        return number
    }

    private static func number(
        _ key: String, _ value: ParameterValue, within range: ClosedRange<Double>, _ reason: String? = nil
    ) throws(EngineError) -> Double {
        let number: Double? =
            switch value {
            case .integer(let whole): Double(whole)
            case .number(let real): real
            case .string, .bool: nil
            }
        guard let number, range.contains(number) else {
            throw .invalid("\(key) is \(value.plain); give a number from \(range.lowerBound) to \(range.upperBound)\(reason.map { ": \($0)" } ?? "")")
        }
        return number
    }

    /// The reason if PX4's start script would overwrite this parameter; nil if it would not.
    private static func overwritten(_ name: String, hasSpeedFactor: Bool, home: [String: Double]) -> String? {
        switch name {
        case "MAV_SYS_ID", "UXRCE_DDS_KEY": "PX4 derives it from its instance number"
        case "SIH_VEHICLE_TYPE": "the airframe of the model sets it; choose the model"
        case "SYS_AUTOSTART", "SYS_AUTOCONFIG": "the model decides it; choose the model"
        case "COM_DL_LOSS_T", "COM_RC_LOSS_T", "COM_OF_LOSS_T", "COM_OBC_LOSS_T":
            hasSpeedFactor ? "PX4 derives it from the speed factor" : nil
        default:
            homeParameters.first { $0.value == name && home[$0.key] != nil }.map { "home_\($0.key.lowercased())_… sets it" }
        }
    }
}

/// Names in `dispersions` that only the mission receives, although they look as if they were meant for PX4.
enum MissionName {
    /// A warning about a suspicious name; nil for most names.
    static func warning(_ name: String, _ list: ParameterList?) -> String? {
        let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
        let capitals = bare.uppercased()
        if list?[capitals] != nil { return text(name, "PX4's parameter is \(capitals)") }
        if name.hasPrefix(prefix) { return text(name, "PX4's parameters have their plain names here, such as SIH_MASS") }
        if let meant = FlightPlan.names.first(where: { spellings(of: $0).contains(folded(name)) }) { return text(name, "did you mean \(meant)?") }
        let looksLikeParameter = name.utf8.count > VehicleParameter.mostCharacters && name == capitals && name.contains("_")
        return looksLikeParameter ? text(name, "PX4's names have \(VehicleParameter.mostCharacters) characters at most") : nil
    }

    /// The prefix of parameters in PX4's environment.
    private static let prefix = "PX4_PARAM_"

    private static func text(_ name: String, _ remedy: String) -> String { "dispersions: \(name) goes to the mission alone; \(remedy)" }

    /// The name with its unit and without.
    private static func spellings(of name: String) -> [String] {
        [folded(name), folded(name.split(separator: "_").dropLast().joined())].filter { $0.utf8.count > 5 }
    }

    private static func folded(_ name: String) -> String { name.lowercased().filter { $0 != "_" && $0 != "-" } }
}
