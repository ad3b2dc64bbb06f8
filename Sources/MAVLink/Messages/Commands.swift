extension CommandLong {
    /// - Parameter command: the number of a MAV_CMD.
    package init(
        system: UInt8, component: UInt8 = 1, command: UInt16, _ param1: Float = 0, _ param2: Float = 0, _ param3: Float = 0,
        _ param4: Float = 0, _ param5: Float = 0, _ param6: Float = 0, _ param7: Float = 0
    ) {
        self.init()
        targetSystem = system
        targetComponent = component
        self.command = command
        self.param1 = param1
        self.param2 = param2
        self.param3 = param3
        self.param4 = param4
        self.param5 = param5
        self.param6 = param6
        self.param7 = param7
    }

    /// MAV_CMD_SET_MESSAGE_INTERVAL
    private static let setMessageInterval: UInt16 = 511

    /// Requests a message at an interval in µs of vehicle time: -1 stops the message, 0 selects the vehicle's default.
    package static func setMessageInterval(system: UInt8, component: UInt8 = 1, message: UInt32, microseconds: Float) -> CommandLong {
        CommandLong(system: system, component: component, command: setMessageInterval, Float(message), microseconds)
    }
}

extension Heartbeat {
    /// The heartbeat of a ground station: MAV_TYPE_GCS, MAV_AUTOPILOT_INVALID, MAV_STATE_ACTIVE; 3 stands for both versions of
    /// the protocol.
    package static var groundStation: Heartbeat {
        var heartbeat = Heartbeat()
        heartbeat.type = 6
        heartbeat.autopilot = 8
        heartbeat.systemStatus = 4
        heartbeat.mavlinkVersion = 3
        return heartbeat
    }
}
