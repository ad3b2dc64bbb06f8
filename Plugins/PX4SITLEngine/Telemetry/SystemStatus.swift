import MAVLink

/// What SYS_STATUS says of the vehicle's health and battery.
struct SystemStatus: Hashable, Sendable {
    /// A sensor that the simulator provides and a flight needs, or what is estimated of them all, by its bit of
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

    /// MAV_SYS_STATUS_PREARM_CHECK: PX4 sets it in `health` alone while arming in the present mode is allowed.
    static let prearmCheck: UInt32 = 0x1000_0000

    var isReadyToArm: Bool
    /// The attitude is estimated, and good.
    var hasAttitude: Bool
    /// Those that PX4 needs and takes for unhealthy, in the order of their bits.
    var lostSensors: [Sensor]
    var voltage: Double?
    var current: Double?
    /// In percent.
    var remaining: Double?

    /// - Parameter enabled: PX4 counts what it has, and what it lacks.
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
