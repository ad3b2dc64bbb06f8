import EngineKit

/// The declaration of the engine's settings, from which `PX4Settings` reads them.
enum PX4Options {
    static let entrypoint = Setting.path(
        "px4_entrypoint", traits: [.fromRunner, .entrypoint], "The mission that flies each vehicle: a Python file or any program.")
    static let binary = Setting.path(
        "px4_binary", traits: .fromRunner, shownDefault: "as found in /opt/px4*", "The px4 program of a SITL build: its bin/px4.")
    static let etc = Setting.path("px4_etc", traits: .fromRunner, shownDefault: "as found beside px4_binary", "The etc folder of the same PX4 build.")
    static let model = Setting.string("model", default: "sihsim_quadx", "The airframe, by its name in etc/init.d-posix/airframes.")
    static let speedFactor = Setting.number(
        "speed_factor", shownDefault: "none: real time", in: 0.01...1000,
        "Ratio of simulated to real time for runs that set none; needs the program bc. PX4 hangs at its start outside the limits.")
    static let defaultParameters = ConfigurationKey(
        "default_params", .map, traits: .batch, "PX4 parameters by name, such as IMU_GYRO_CAL_EN, for runs that do not disperse them.")
    static let defaultParameter = ConfigurationKey("default_params.*", [.integer, .number, .boolean], "The value of a parameter.")
    static let readyWhen = Setting.choice(
        "ready_when", default: Readiness.armable,
        "When the mission begins unless a run says it: the pre-arm checks pass (armable), the attitude is known (attitude), PX4 reports its state (heard).")
    static let leastSpeedShare = Setting.number(
        "least_speed_share", traits: [.batch, .aboveMinimum], shownDefault: "none: any speed", in: 0...1,
        "A run slower than this share of its speed factor counts as a fault of the simulator.")
    static let boot = seconds("boot_timeout_seconds", 60, "From PX4's start until it is ready; in wall time, as all timeouts that do not say otherwise.")
    static let bootSimulated = seconds(
        "boot_timeout_simulated_seconds", 30, "The same in simulated time: a vehicle that is not ready by then has failed.")
    static let instance = seconds("instance_timeout_seconds", 300, traits: [], "Waiting for a free instance number.")
    static let parameters = seconds("parameter_timeout_seconds", 30, "Reading back all parameters.")
    static let link = seconds("link_timeout_seconds", 30, "Silence of a flying PX4, or messages in which its clock stands still.")
    static let stop = seconds("stop_timeout_seconds", 5, "From the request to shut down until the kill.")

    static let all = [
        entrypoint.key, binary.key, etc.key, model.key, speedFactor.key, defaultParameters, defaultParameter, readyWhen.key, leastSpeedShare.key,
        boot.key, bootSimulated.key, instance.key, parameters.key, link.key, stop.key,
    ]

    private static func seconds(
        _ key: String, _ value: Double, traits: ConfigurationKey.Traits = [.batch], _ documentation: String
    ) -> Setting<Double> {
        .number(key, traits: traits, default: value, units: "s", above: 0, atMost: 86_400, documentation)
    }

    /// PX4 vehicles need processors: with fewer than they need, flights have other results, not just a longer duration. One
    /// processor carries one vehicle at a speed factor of 10 or more, and more vehicles at lower factors.
    static func mostVehicles(_ settings: EngineSettings, processors: Int) -> Int {
        let factor = (try? speedFactor.value(in: settings)) ?? nil
        return max(1, Int(Double(processors) * 10 / min(max(factor ?? 1, 1), 10)))
    }
}
