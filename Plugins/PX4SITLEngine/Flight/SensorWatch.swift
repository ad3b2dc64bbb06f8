/// Sensors, and the estimates made of them, that are lost before take-off. SIH only simulates them: losing one there says something of the simulator, and nothing
/// of the vehicle. In the air it may be what the mission is about.
///
/// PX4's texts on it do not come here: it sends them only to whoever passes for a ground station.
struct SensorWatch: Sendable {
    /// MAV_LANDED_STATE_ON_GROUND; 0 is unknown, as before the first message.
    private static let onGround: UInt8 = 1

    private var hasFlown = false
    private var lost: Set<SystemStatus.Sensor> = []

    mutating func note(landedState: UInt8) {
        if landedState > Self.onGround { hasFlown = true }
    }

    mutating func note(_ status: SystemStatus) {
        // Of what it only warns of, PX4 arms all the same.
        if !hasFlown, !status.isReadyToArm { lost.formUnion(status.lostSensors) }
    }

    /// What was lost, for a person; nil if nothing was.
    var finding: String? {
        let names = SystemStatus.Sensor.allCases.filter(lost.contains).map(\.name)
        return names.isEmpty ? nil : "PX4 lost its \(names.joined(separator: ", ")) before take-off"
    }
}
