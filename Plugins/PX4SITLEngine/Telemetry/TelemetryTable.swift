import MAVLink

/// The variables that are read from PX4's MAVLink stream without any script, by message.
///
/// Variables are named in this place only; docs/run-px4-studies.md has the same table, and a test compares the two.
enum TelemetryTable {
    struct Variable: Sendable {
        let name: String
        /// Empty for numbers without a unit.
        let units: String
        let meaning: String

        init(_ name: String, _ units: String, _ meaning: String) {
            self.name = name
            self.units = units
            self.meaning = meaning
        }
    }

    /// The source of a message's simulated time.
    enum Clock: Sendable {
        /// A field of the message, in seconds since PX4's start.
        case own(@Sendable (MAVLinkFrame) -> Double)
        /// The time of the latest message that had one, as this one has none.
        case latest
    }

    /// One message: its variables, and the function that reads their values in the same order.
    struct Source: Sendable {
        let message: String
        let id: UInt32
        /// The requested rate per simulated second; nil leaves PX4's own rate.
        let hertz: Double?
        let clock: Clock
        let variables: [Variable]
        /// Calls `put` once for each of `variables`.
        let read: @Sendable (MAVLinkFrame, SampleRow) -> Void
    }

    static let sources: [Source] = [
        Source(
            message: "LOCAL_POSITION_NED", id: LocalPositionNed.id, hertz: 20,
            clock: .own { Double(LocalPositionNed($0).timeBootMs) / 1000 },
            variables: [
                Variable("px4.local_position.x", "m", "north of where the estimator began"),
                Variable("px4.local_position.y", "m", "east of it"),
                Variable("px4.local_position.z", "m", "below it: negative in flight"),
                Variable("px4.local_position.vx", "m/s", "velocity to the north"),
                Variable("px4.local_position.vy", "m/s", "velocity to the east"),
                Variable("px4.local_position.vz", "m/s", "velocity downwards"),
            ]
        ) { frame, row in
            let position = LocalPositionNed(frame)
            row.put(position.x)
            row.put(position.y)
            row.put(position.z)
            row.put(position.vx)
            row.put(position.vy)
            row.put(position.vz)
        },
        Source(
            message: "ATTITUDE", id: Attitude.id, hertz: 20,
            clock: .own { Double(Attitude($0).timeBootMs) / 1000 },
            variables: [
                Variable("px4.attitude.roll_rad", "rad", "roll, -π to π"),
                Variable("px4.attitude.pitch_rad", "rad", "pitch, -π to π"),
                Variable("px4.attitude.yaw_rad", "rad", "yaw, -π to π, from north"),
                Variable("px4.attitude.rollspeed_rad_s", "rad/s", "angular rate about the forward axis"),
                Variable("px4.attitude.pitchspeed_rad_s", "rad/s", "about the right axis"),
                Variable("px4.attitude.yawspeed_rad_s", "rad/s", "about the down axis"),
            ]
        ) { frame, row in
            let attitude = Attitude(frame)
            row.put(attitude.roll)
            row.put(attitude.pitch)
            row.put(attitude.yaw)
            row.put(attitude.rollspeed)
            row.put(attitude.pitchspeed)
            row.put(attitude.yawspeed)
        },
        Source(
            message: "GLOBAL_POSITION_INT", id: GlobalPositionInt.id, hertz: 20,
            clock: .own { Double(GlobalPositionInt($0).timeBootMs) / 1000 },
            variables: [
                Variable("px4.altitude.relative_m", "m", "above home"),
                Variable("px4.altitude.amsl_m", "m", "above mean sea level"),
                Variable("px4.global_position.lat_deg", "deg", "latitude, WGS 84"),
                Variable("px4.global_position.lon_deg", "deg", "longitude, WGS 84"),
            ]
        ) { frame, row in
            let position = GlobalPositionInt(frame)
            row.put(Double(position.relativeAlt) / 1000)
            row.put(Double(position.alt) / 1000)
            row.put(Double(position.lat) / 1e7)
            row.put(Double(position.lon) / 1e7)
        },
        Source(
            message: "VFR_HUD", id: VfrHud.id, hertz: 10, clock: .latest,
            variables: [
                Variable("px4.speed.ground_m_s", "m/s", "over ground"),
                Variable("px4.speed.climb_m_s", "m/s", "upwards"),
                Variable("px4.throttle_pct", "%", "throttle that the controller asks for"),
            ]
        ) { frame, row in
            let hud = VfrHud(frame)
            row.put(hud.groundspeed)
            row.put(hud.climb)
            row.put(Double(hud.throttle))
        },
        Source(
            message: "SYS_STATUS", id: SysStatus.id, hertz: 5, clock: .latest,
            variables: [
                Variable("px4.battery.voltage_v", "V", "not while PX4 knows none"),
                Variable("px4.battery.current_a", "A", "not while PX4 knows none"),
                Variable("px4.battery.remaining_pct", "%", "not while PX4 knows none"),
                Variable("px4.health.prearm_ok", "", "1 when the pre-arm checks pass, else 0"),
                Variable("px4.health.sensors_ok", "", "1 when gyro, accelerometer, magnetometer, barometer, GPS and the estimates of them are healthy, else 0"),
            ]
        ) { frame, row in
            let status = SystemStatus(SysStatus(frame))
            row.put(ifKnown: status.voltage)
            row.put(ifKnown: status.current)
            row.put(ifKnown: status.remaining)
            row.put(flag: status.isReadyToArm)
            row.put(flag: status.lostSensors.isEmpty)
        },
        Source(
            message: "EXTENDED_SYS_STATE", id: ExtendedSysState.id, hertz: 10, clock: .latest,
            variables: [
                Variable("px4.landed_state", "", "MAV_LANDED_STATE: 1 on ground, 2 in air, 3 taking off, 4 landing; 0 unknown")
            ]
        ) { frame, row in
            row.put(Double(ExtendedSysState(frame).landedState))
        },
        Source(
            message: "HEARTBEAT", id: Heartbeat.id, hertz: nil, clock: .latest,
            variables: [Variable("px4.armed", "", "1 when armed, else 0")]
        ) { frame, row in
            row.put(flag: Heartbeat(frame).baseMode & armedFlag != 0)
        },
        Source(
            message: "ESTIMATOR_STATUS", id: EstimatorStatus.id, hertz: 5,
            clock: .own { Double(EstimatorStatus($0).timeUsec) / 1e6 },
            variables: [
                Variable("px4.estimator.vel_ratio", "", "innovation test ratio of velocity: above 1 it is rejected"),
                Variable("px4.estimator.pos_horiz_ratio", "", "of horizontal position"),
                Variable("px4.estimator.pos_vert_ratio", "", "of vertical position"),
                Variable("px4.estimator.mag_ratio", "", "of the magnetometer or heading"),
                Variable("px4.estimator.hagl_ratio", "", "of height above terrain; not where it is not estimated"),
                Variable("px4.estimator.tas_ratio", "", "of true airspeed; not where it is not estimated"),
                Variable("px4.estimator.pos_horiz_accuracy_m", "m", "standard deviation of horizontal position"),
                Variable("px4.estimator.pos_vert_accuracy_m", "m", "of vertical position"),
            ]
        ) { frame, row in
            let estimator = EstimatorStatus(frame)
            row.put(estimator.velRatio)
            row.put(estimator.posHorizRatio)
            row.put(estimator.posVertRatio)
            row.put(estimator.magRatio)
            row.put(estimator.haglRatio)
            row.put(estimator.tasRatio)
            row.put(estimator.posHorizAccuracy)
            row.put(estimator.posVertAccuracy)
        },
    ]

    /// Messages that PX4 sends at high rates on the ground link and that are not used: POSITION_TARGET_LOCAL_NED,
    /// ATTITUDE_QUATERNION, ATTITUDE_TARGET, SERVO_OUTPUT_RAW, RC_CHANNELS, OPTICAL_FLOW_RAD.
    static let unwanted: [UInt32] = [85, 31, 83, 36, 65, 106]

    /// MAV_MODE_FLAG_SAFETY_ARMED
    static let armedFlag: UInt8 = 128
}
