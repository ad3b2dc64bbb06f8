import EngineKit
import FoundationEssentials
import LynxModel
import MAVLink
import Testing

@testable import PX4SITL

private let list = try? ParameterList(
    json: Array(
        #"""
        {"version": 1, "parameters": [
          {"name": "SIH_MASS", "type": "Float", "default": 1.0}, {"name": "IMU_GYRO_CAL_EN", "type": "Int32", "default": 1},
          {"name": "SIH_LOC_LAT0", "type": "Float", "default": 47.4}, {"name": "COM_RC_LOSS_T", "type": "Float", "default": 0.5},
          {"name": "SIH_LOC_H0", "type": "Float", "default": 489.4, "min": -420.0, "max": 8848.0},
          {"name": "MPC_TKO_SPEED", "type": "Float", "default": 1.5, "min": 1.0, "max": 5.1, "decimalPlaces": 2},
          {"name": "SIH_KDV", "type": "Float", "default": 1.0, "min": 0.0}, {"name": "NAV_RCL_ACT", "type": "Int32", "default": 2, "max": 6},
          {"name": "SIH_T_TAU", "type": "Float", "default": 0.05},
          {"name": "SDLOG_MODE", "type": "Int32", "default": 0}, {"name": "MAV_SYS_ID", "type": "Int32", "default": 1}]}
        """#.utf8))

@Suite("What a run asks of PX4")
struct FlightPlanTests {
    private func plan(
        _ parameters: [String: ParameterValue], defaults: [String: VehicleParameter] = [:], speedFactor: Double? = nil,
        list: ParameterList? = list
    ) throws -> FlightPlan {
        let run = RunConfiguration(
            jobID: "j", batchID: "b", runIndex: 0, seed: 1, simulation: SimulationSpec(name: "s", type: "px4_sitl"),
            parameters: parameters, units: [:])
        return try FlightPlan(
            runConfigJSON: Array(try WireJSON.encode(run)), defaults: defaults, defaultSpeedFactor: speedFactor, list: list)
    }

    private func refusal(_ parameters: [String: ParameterValue], speedFactor: Double? = nil) -> String {
        do {
            _ = try plan(parameters, speedFactor: speedFactor)
            return ""
        } catch {
            return (error as? EngineError)?.message ?? "\(error)"
        }
    }

    @Test("Keys that look like parameters go to PX4 with their type, places and speed to their variables, the rest to the mission")
    func environment() throws {
        let plan = try plan(
            [
                "SIH_MASS": .number(1.25), "IMU_GYRO_CAL_EN": .number(0), "home_alt_m": .integer(500), "home_lat_deg": .number(47.25),
                "home_lon_deg": .number(-8.5), "hover_altitude_m": .number(10), "wind": .string("x"), "Lower_CASE": .integer(1),
            ], speedFactor: 10)
        #expect(
            plan.environment == [
                "PX4_PARAM_SIH_MASS": "1.25", "PX4_PARAM_IMU_GYRO_CAL_EN": "0", "PX4_HOME_ALT": "500.0", "PX4_HOME_LAT": "47.25",
                "PX4_HOME_LON": "-8.5", "PX4_SIM_SPEED_FACTOR": "10.0",
            ])
        #expect(plan.expected(isSIH: true).map(\.name) == ["IMU_GYRO_CAL_EN", "SIH_MASS", "SIH_LOC_H0", "SIH_LOC_LAT0", "SIH_LOC_LON0"])
        #expect(plan.expected(isSIH: false).map(\.name) == ["IMU_GYRO_CAL_EN", "SIH_MASS"])
    }

    @Test("A dispersed value stands before a default, and a dispersed speed before the configured one")
    func precedence() throws {
        let defaults = ["SIH_MASS": VehicleParameter("SIH_MASS", 1), "IMU_GYRO_CAL_EN": VehicleParameter("IMU_GYRO_CAL_EN", 0)]
        let plan = try plan(["SIH_MASS": .integer(2), "speed_factor": .integer(4)], defaults: defaults, speedFactor: 10)
        #expect(plan.environment["PX4_PARAM_SIH_MASS"] == "2")
        #expect(plan.environment["PX4_PARAM_IMU_GYRO_CAL_EN"] == "0.0")
        #expect(plan.speedFactor == 4)
    }

    @Test("Without a speed factor PX4 is told none")
    func realTime() throws {
        #expect(try plan([:]).environment == [:])
    }

    @Test("What PX4 would ignore, misread or overwrite is refused before anything flies, by its name", arguments: [
        ("SIH_MASSS", ParameterValue.number(1), "dispersions: this PX4 build has no parameter SIH_MASSS; did you mean SIH_MASS?"),
        ("QQQQ", .number(1), "dispersions: this PX4 build has no parameter QQQQ; see the build's parameters.json"),
        ("IMU_GYRO_CAL_EN", .number(0.5), "dispersions: IMU_GYRO_CAL_EN is 0.5, but PX4 keeps it as a whole number of 32 bits; give such a one"),
        ("IMU_GYRO_CAL_EN", .integer(3_000_000_000), "dispersions: IMU_GYRO_CAL_EN is 3000000000, but PX4 keeps it as a whole number of 32 bits; give such a one"),
        ("SIH_MASS", .string("heavy"), "dispersions: SIH_MASS is 'heavy'; PX4 would take a word for 0: give a number"),
        ("MAV_SYS_ID", .integer(7), "MAV_SYS_ID cannot be set: PX4 derives it from its instance number"),
        ("COM_RC_LOSS_T", .number(2), "COM_RC_LOSS_T cannot be set: PX4 derives it from the speed factor"),
        ("speed_factor", .number(0), "speed_factor is 0; give a number from 0.01 to 1000.0: PX4 hangs at its start otherwise"),
        ("speed_factor", .string("fast"), "speed_factor is fast; give a number from 0.01 to 1000.0: PX4 hangs at its start otherwise"),
        ("home_lat_deg", .number(91), "home_lat_deg is 91; give a number from -90.0 to 90.0"),
        ("MPC_TKO_SPEED", .number(0.5), "dispersions: MPC_TKO_SPEED is 0.5, and this PX4 build's limits are from 1 to 5.1; give a value within them"),
        ("MPC_TKO_SPEED", .integer(6), "dispersions: MPC_TKO_SPEED is 6, and this PX4 build's limits are from 1 to 5.1; give a value within them"),
        ("SIH_KDV", .number(-0.1), "dispersions: SIH_KDV is -0.1, and this PX4 build's limits are 0 or more; give a value within them"),
        ("NAV_RCL_ACT", .integer(7), "dispersions: NAV_RCL_ACT is 7, and this PX4 build's limits are 6 or less; give a value within them"),
        ("home_alt_m", .number(9000), "home_alt_m is 9000, and this PX4 build's limits of SIH_LOC_H0 are from -420 to 8848; give a value within them"),
        ("SIH_MASS", .integer(0), "dispersions: SIH_MASS is 0, and PX4's simulator divides by it; give more than 0"),
        ("SIH_T_TAU", .number(-1), "dispersions: SIH_T_TAU is -1, and PX4's simulator divides by it; give more than 0"),
        ("ready_when", .string("soon"), "ready_when is soon; give one of armable, attitude, heard"),
    ])
    func refused(name: String, value: ParameterValue, message: String) {
        #expect(refusal([name: value], speedFactor: 10) == message)
    }

    @Test("A limit itself is within it, as PX4 keeps it, and another simulator's home is not SIH's")
    func limits() throws {
        #expect(try plan(["MPC_TKO_SPEED": .number(5.1), "NAV_RCL_ACT": .integer(6)]).parameters.count == 2)
        let run = RunConfiguration(
            jobID: "j", batchID: "b", runIndex: 0, seed: 1, simulation: SimulationSpec(name: "s", type: "px4_sitl"),
            parameters: ["home_alt_m": .integer(9000)], units: [:])
        let json = Array(try WireJSON.encode(run))
        #expect(try FlightPlan(runConfigJSON: json, defaults: [:], defaultSpeedFactor: nil, list: list, isSIH: false).home == ["ALT": 9000])
        #expect(throws: EngineError.self) { try VehicleParameter("MPC_TKO_SPEED", .integer(9), in: list, source: "engine_options.px4_sitl.default_params") }
    }

    @Test("A run may say when its vehicle is ready")
    func readiness() throws {
        #expect(try plan([:]).readiness == .armable)
        #expect(try plan(["ready_when": .string("attitude")]).readiness == .attitude)
    }

    @Test("A name that goes to the mission and looks like PX4's or the engine's is warned of", arguments: [
        ("sih_mass", "PX4's parameter is SIH_MASS"), ("Sih_Mass", "PX4's parameter is SIH_MASS"),
        ("PX4_PARAM_SIH_MASS", "PX4's parameter is SIH_MASS"), ("PX4_PARAM_NOTHING_X", "PX4's parameters have their plain names here, such as SIH_MASS"),
        ("MPC_A_NAME_OF_TOO_MANY", "PX4's names have 16 characters at most"), ("home_alt", "did you mean home_alt_m?"),
        ("homeLatDeg", "did you mean home_lat_deg?"), ("speedfactor", "did you mean speed_factor?"),
    ])
    func warned(name: String, remedy: String) throws {
        #expect(try plan([name: .number(1)]).warnings == ["dispersions: \(name) goes to the mission alone; \(remedy)"])
    }

    @Test("A mission's own names are not", arguments: ["hover_altitude_m", "mass", "wind_speed", "home", "ready", "altitude", "VERYLONGCONSTANTOFSOMEBODY"])
    func unwarned(name: String) throws {
        #expect(try plan([name: .number(1)]).warnings == [])
    }

    @Test("A home position and the parameter that it sets exclude each other")
    func homeTwice() throws {
        #expect(refusal(["home_lat_deg": .integer(1), "SIH_LOC_LAT0": .integer(2)]).hasPrefix("SIH_LOC_LAT0 cannot be set: home_lat"))
        #expect(try plan(["SIH_LOC_LAT0": .integer(2)]).parameters.keys.sorted() == ["SIH_LOC_LAT0"])
        #expect(try plan(["COM_RC_LOSS_T": .number(2)]).parameters["COM_RC_LOSS_T"]?.value == 2)
    }

    @Test("Where the build's list is not known any name goes, typed by its value")
    func withoutList() throws {
        let plan = try plan(["ANY_NAME": .number(1.5), "OTHER_1": .integer(3), "FLAG_X": .bool(true)], list: nil)
        #expect(plan.environment == ["PX4_PARAM_ANY_NAME": "1.5", "PX4_PARAM_OTHER_1": "3", "PX4_PARAM_FLAG_X": "1"])
    }

    @Test("A log is expected unless the run says when else to write one", arguments: [(nil, true), (1, true), (2, true), (0, false), (-1, false)])
    func log(mode: Int64?, expected: Bool) throws {
        let parameters = mode.map { ["SDLOG_MODE": ParameterValue.integer($0)] } ?? [:]
        #expect(try plan(parameters).logsFromStart == expected)
    }

    @Test("Names of parameters are what MAVLink has room for", arguments: [
        ("SIH_MASS", true), ("AB", true), ("A", false), ("SEVENTEEN_LETTERS", false), ("SIXTEEN_LETTERS_", true), ("1A", false), ("aB", false), ("A-B", false),
    ])
    func names(name: String, isName: Bool) { #expect(VehicleParameter.isName(name) == isName) }

    @Test("Readings are compared as PX4 keeps values: floats after rounding to 32 bits, integers exactly", arguments: [
        (0.1, ParameterCheck.Reading.float(0.1), true), (0.1, .float(0.1.nextUp.isNaN ? 0 : Float(0.1).nextUp), false),
        (16_777_217, .float(16_777_216), true), (7, .int32(7), true), (7, .int32(8), false), (7.5, .int32(7), false), (-3, .int32(-3), true),
        (.nan, .float(.nan), false),
    ])
    func comparison(sent: Double, read: ParameterCheck.Reading, isSame: Bool) {
        var check = ParameterCheck([VehicleParameter("P", sent)])
        #expect((check.record("P", read) == nil) == isSame)
        #expect(check.isDone)
    }
}
