/// Tracks sensors and estimates that are lost after they were available. SIH simulates all of them, so a loss before take-off
/// is a fault of the simulator and not of the vehicle. A loss in the air may be the subject of the mission and results in a
/// warning.
///
/// PX4's own texts about it do not arrive here, as it sends them to ground stations only.
struct SensorWatch: Sendable {
    /// MAV_LANDED_STATE_ON_GROUND; 0 is unknown, which is the state before the first message.
    private static let onGround: UInt8 = 1

    /// The interval of simulated seconds from the first to the last message that the vehicle was off the ground; nil if there
    /// was none.
    private(set) var airborne: ClosedRange<Double>?
    private var isOnGround = false
    private let counted: Set<SystemStatus.Sensor>
    private var seen: Set<SystemStatus.Sensor> = []
    private var lostBefore: Set<SystemStatus.Sensor> = []
    private var lostInFlight: Set<SystemStatus.Sensor> = []
    /// Sensors that are unhealthy at present.
    private(set) var unhealthy: [SystemStatus.Sensor] = []

    /// - Parameter readiness: unless the mission requires a vehicle that knows its position, losing the position does not
    ///   count.
    init(_ readiness: Readiness = .armable) {
        counted = Set(SystemStatus.Sensor.allCases).subtracting(readiness == .armable ? [] : [.positionEstimate])
    }

    var hasFlown: Bool { airborne != nil }

    /// Whether the vehicle is on the ground after a flight.
    var hasLanded: Bool { hasFlown && isOnGround }

    /// - Parameter time: simulated seconds since PX4's start.
    mutating func note(landedState: UInt8, at time: Double) {
        isOnGround = landedState == Self.onGround
        guard landedState > Self.onGround else { return }
        let start = airborne?.lowerBound ?? time
        airborne = start...max(start, time)
    }

    /// - Parameter isMissionOn: whether the mission controls the vehicle.
    mutating func note(_ status: SystemStatus, isMissionOn: Bool) {
        unhealthy = status.lostSensors
        if isMissionOn {
            let lost = Set(status.lostSensors).intersection(seen)
            if !hasFlown {
                // PX4 arms despite states that it only warns of.
                if !status.isReadyToArm { lostBefore.formUnion(lost) }
            } else if !isOnGround {
                lostInFlight.formUnion(lost)
            }
        }
        seen.formUnion(counted.subtracting(status.lostSensors))
    }

    /// A description of what was lost before take-off; nil if nothing was.
    var finding: String? { Self.names(lostBefore).map { "PX4 lost its \($0) before take-off" } }

    /// A description of what was lost in the air; nil if nothing was.
    var warning: String? { Self.names(lostInFlight).map { "PX4 lost its \($0) in flight" } }

    private static func names(_ sensors: Set<SystemStatus.Sensor>) -> String? {
        sensors.isEmpty ? nil : SystemStatus.Sensor.allCases.filter(sensors.contains).map(\.name).joined(separator: ", ")
    }
}
