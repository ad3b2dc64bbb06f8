import MAVLink

/// The vehicle's health and battery according to SYS_STATUS.
struct SystemStatus: Hashable, Sendable {
    /// A sensor that the simulator provides and a flight needs, or an estimate derived from them, by its bit of
    /// MAV_SYS_STATUS_SENSOR.
    enum Sensor: UInt32, CaseIterable, Sendable {
        case gyro = 0x01
        case accelerometer = 0x02
        case magnetometer = 0x04
        case barometer = 0x08
        case gps = 0x20
        case positionEstimate = 0x4000
        case attitudeEstimate = 0x20_0000

        var name: String {
            switch self {
            case .positionEstimate: "position estimate"
            case .attitudeEstimate: "attitude estimate"
            default: "\(self)"
            }
        }
    }

    /// MAV_SYS_STATUS_PREARM_CHECK: PX4 sets it in `health` only while arming in the present mode is allowed.
    static let prearmCheck: UInt32 = 0x1000_0000

    var isReadyToArm: Bool
    /// Whether the attitude is estimated and valid.
    var hasAttitude: Bool
    /// The sensors that PX4 needs and considers unhealthy, in the order of their bits.
    var lostSensors: [Sensor]
    var voltage: Double?
    var current: Double?
    /// The battery's charge in percent.
    var remaining: Double?

    /// - Parameter enabled: the sensors that PX4 expects, whether they are available or not.
    init(enabled: UInt32, health: UInt32, voltageMillivolts: UInt16, currentCentiamperes: Int16, remainingPercent: Int8) {
        isReadyToArm = health & Self.prearmCheck != 0
        hasAttitude = health & Sensor.attitudeEstimate.rawValue != 0
        lostSensors = Sensor.allCases.filter { enabled & $0.rawValue != 0 && health & $0.rawValue == 0 }
        voltage = voltageMillivolts == .max ? nil : Double(voltageMillivolts) / 1000
        current = currentCentiamperes < 0 ? nil : Double(currentCentiamperes) / 100
        remaining = remainingPercent < 0 ? nil : Double(remainingPercent)
    }

    init(_ message: SysStatus) {
        self.init(
            enabled: message.onboardControlSensorsEnabled | message.onboardControlSensorsPresent, health: message.onboardControlSensorsHealth,
            voltageMillivolts: message.voltageBattery, currentCentiamperes: message.currentBattery, remainingPercent: message.batteryRemaining)
    }
}

/// The state that a vehicle has to reach before its mission begins.
enum Readiness: String, CaseIterable, Sendable {
    /// Its pre-arm checks pass: it can be armed in its initial mode, which requires a position.
    case armable
    /// Its attitude is known, which suffices for modes without a position, such as in a study without GPS.
    case attitude
    /// It reports its state. The mission itself waits for anything more.
    case heard

    func isMet(by status: SystemStatus) -> Bool {
        switch self {
        case .armable: status.isReadyToArm
        case .attitude: status.hasAttitude
        case .heard: true
        }
    }

    /// A description of the state that was not reached.
    var absence: String {
        switch self {
        case .armable: "become ready to arm"
        case .attitude: "estimate its attitude"
        case .heard: "report its state"
        }
    }
}
