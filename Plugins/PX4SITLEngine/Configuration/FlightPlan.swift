import EngineKit
import FoundationEssentials
import LynxModel

/// What one run asks of PX4: its parameters, where it stands, and how fast time goes. All else of the run configuration is the
/// mission's.
struct FlightPlan: Sendable {
    /// By name; default parameters among them where the run says nothing else.
    var parameters: [String: VehicleParameter]
    /// `LAT`, `LON` and `ALT`, as given.
    var home: [String: Double]
    /// nil: none was given, and PX4 runs in real time.
    var speedFactor: Double?
    var readiness: Readiness
    /// On names that may have been meant otherwise, one line each.
    var warnings: [String] = []

    /// What the engine takes for itself, beside PX4's parameters.
    static let names = ["home_lat_deg", "home_lon_deg", "home_alt_m", "speed_factor", "ready_when"]

    /// - Parameters:
    ///   - isSIH: whether that is the simulator, which keeps the home position in parameters of its own.
    /// - Throws: whatever PX4 would ignore, misread or overwrite, so that nothing flies on other values than it was given.
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

    /// What PX4 is told of it, by variable.
    var environment: [String: String] {
        var result: [String: String] = [:]
        for (name, parameter) in parameters { result["PX4_PARAM_\(name)"] = parameter.text }
        for (axis, value) in home { result["PX4_HOME_\(axis)"] = value.description }
        if let speedFactor { result["PX4_SIM_SPEED_FACTOR"] = speedFactor.description }
        return result
    }

    /// What is to be read back: the parameters, and those that SIH makes of the home position.
    /// - Parameter isSIH: whether that is the simulator.
    func expected(isSIH: Bool) -> [VehicleParameter] {
        let homes = home.sorted { $0.key < $1.key }.compactMap { axis, value in Self.homeParameters[axis].map { VehicleParameter($0, value) } }
        return parameters.values.sorted { $0.name < $1.name } + (isSIH ? homes : [])
    }

    /// Whether PX4 is told to log from its start on, as its SITL does by itself.
    var logsFromStart: Bool { parameters["SDLOG_MODE"].map { $0.value == 1 || $0.value == 2 } ?? true }

    private static let homeParameters = ["LAT": "SIH_LOC_LAT0", "LON": "SIH_LOC_LON0", "ALT": "SIH_LOC_H0"]

    /// PX4's start script computes with it, by a program that knows no exponents.
    static func speedFactor(_ value: ParameterValue, source: String) throws(EngineError) -> Double {
        try number(source, value, within: 0.01...1000, "PX4 hangs at its start otherwise")
    }

    static func readiness(_ word: String, source: String) throws(EngineError) -> Readiness {
        guard let readiness = Readiness(rawValue: word) else {
            throw .invalid("\(source) is \(word); give one of \(Readiness.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return readiness
    }

    /// - Parameter list: has the limits of the parameter that the simulator makes of it.
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

    /// Why PX4's own start would put another value in this one's place.
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
