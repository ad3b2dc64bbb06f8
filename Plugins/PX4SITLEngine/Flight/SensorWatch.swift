/// Sensors, and the estimates made of them, that are lost after they were there. SIH only simulates them: losing one before take-off says
/// something of the simulator, and nothing of the vehicle. In the air it may be what the mission is about, and is told of.
///
/// PX4's texts on it do not come here: it sends them only to whoever passes for a ground station.
struct SensorWatch: Sendable {
    /// MAV_LANDED_STATE_ON_GROUND; 0 is unknown, as before the first message.
    private static let onGround: UInt8 = 1

    private(set) var hasFlown = false
    private var isOnGround = false
    private let counted: Set<SystemStatus.Sensor>
    private var seen: Set<SystemStatus.Sensor> = []
    private var lostBefore: Set<SystemStatus.Sensor> = []
    private var lostInFlight: Set<SystemStatus.Sensor> = []
    /// Sensors that are unhealthy now.
    private(set) var unhealthy: [SystemStatus.Sensor] = []

    /// - Parameter readiness: where the mission did not ask for a vehicle that knows its place, it is no loss when that gets lost.
    init(_ readiness: Readiness = .armable) {
        counted = Set(SystemStatus.Sensor.allCases).subtracting(readiness == .armable ? [] : [.positionEstimate])
    }

    /// On the ground after a flight.
    var hasLanded: Bool { hasFlown && isOnGround }

    mutating func note(landedState: UInt8) {
        isOnGround = landedState == Self.onGround
        if landedState > Self.onGround { hasFlown = true }
    }

    /// - Parameter isMissionOn: the mission has the vehicle.
    mutating func note(_ status: SystemStatus, isMissionOn: Bool) {
        unhealthy = status.lostSensors
        if isMissionOn {
            let lost = Set(status.lostSensors).intersection(seen)
            if !hasFlown {
                // Of what it only warns of, PX4 arms all the same.
                if !status.isReadyToArm { lostBefore.formUnion(lost) }
            } else if !isOnGround {
                lostInFlight.formUnion(lost)
            }
        }
        seen.formUnion(counted.subtracting(status.lostSensors))
    }

    /// What was lost before take-off, for a person; nil if nothing was.
    var finding: String? { Self.names(lostBefore).map { "PX4 lost its \($0) before take-off" } }

    /// What was lost in the air.
    var warning: String? { Self.names(lostInFlight).map { "PX4 lost its \($0) in flight" } }

    private static func names(_ sensors: Set<SystemStatus.Sensor>) -> String? {
        sensors.isEmpty ? nil : SystemStatus.Sensor.allCases.filter(sensors.contains).map(\.name).joined(separator: ", ")
    }
}
