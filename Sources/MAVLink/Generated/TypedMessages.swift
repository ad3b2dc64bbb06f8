// Made by scripts/generate_mavlink.py from the definitions in pymavlink 2.4.50; not to be edited.

package struct Heartbeat: MAVLinkTypedMessage {
    package static let id: UInt32 = 0
    package static var definition: MAVLinkMessage { .heartbeat }
    package var payload = MAVLinkPayload()

    package init() {}

    package var customMode: UInt32 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var type: UInt8 {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    package var autopilot: UInt8 {
        get { payload.load(5) }
        set { payload.store(newValue, 5) }
    }

    package var baseMode: UInt8 {
        get { payload.load(6) }
        set { payload.store(newValue, 6) }
    }

    package var systemStatus: UInt8 {
        get { payload.load(7) }
        set { payload.store(newValue, 7) }
    }

    package var mavlinkVersion: UInt8 {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }
}

package struct SysStatus: MAVLinkTypedMessage {
    package static let id: UInt32 = 1
    package static var definition: MAVLinkMessage { .sysStatus }
    package var payload = MAVLinkPayload()

    package init() {}

    package var onboardControlSensorsPresent: UInt32 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var onboardControlSensorsEnabled: UInt32 {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    package var onboardControlSensorsHealth: UInt32 {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In d%.
    package var load: UInt16 {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    /// In mV.
    package var voltageBattery: UInt16 {
        get { payload.load(14) }
        set { payload.store(newValue, 14) }
    }

    /// In cA.
    package var currentBattery: Int16 {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    /// In c%.
    package var dropRateComm: UInt16 {
        get { payload.load(18) }
        set { payload.store(newValue, 18) }
    }

    package var errorsComm: UInt16 {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    package var errorsCount1: UInt16 {
        get { payload.load(22) }
        set { payload.store(newValue, 22) }
    }

    package var errorsCount2: UInt16 {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }

    package var errorsCount3: UInt16 {
        get { payload.load(26) }
        set { payload.store(newValue, 26) }
    }

    package var errorsCount4: UInt16 {
        get { payload.load(28) }
        set { payload.store(newValue, 28) }
    }

    /// In %.
    package var batteryRemaining: Int8 {
        get { payload.load(30) }
        set { payload.store(newValue, 30) }
    }

    package var onboardControlSensorsPresentExtended: UInt32 {
        get { payload.load(31) }
        set { payload.store(newValue, 31) }
    }

    package var onboardControlSensorsEnabledExtended: UInt32 {
        get { payload.load(35) }
        set { payload.store(newValue, 35) }
    }

    package var onboardControlSensorsHealthExtended: UInt32 {
        get { payload.load(39) }
        set { payload.store(newValue, 39) }
    }
}

package struct SystemTime: MAVLinkTypedMessage {
    package static let id: UInt32 = 2
    package static var definition: MAVLinkMessage { .systemTime }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In us.
    package var timeUnixUsec: UInt64 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In ms.
    package var timeBootMs: UInt32 {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }
}

package struct ParamRequestRead: MAVLinkTypedMessage {
    package static let id: UInt32 = 20
    package static var definition: MAVLinkMessage { .paramRequestRead }
    package var payload = MAVLinkPayload()

    package init() {}

    package var paramIndex: Int16 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var targetSystem: UInt8 {
        get { payload.load(2) }
        set { payload.store(newValue, 2) }
    }

    package var targetComponent: UInt8 {
        get { payload.load(3) }
        set { payload.store(newValue, 3) }
    }

    package var paramID: String {
        get { payload.text(4, 16) }
        set { payload.store(text: newValue, 4, 16) }
    }
}

package struct ParamValue: MAVLinkTypedMessage {
    package static let id: UInt32 = 22
    package static var definition: MAVLinkMessage { .paramValue }
    package var payload = MAVLinkPayload()

    package init() {}

    package var paramValue: Float {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var paramCount: UInt16 {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    package var paramIndex: UInt16 {
        get { payload.load(6) }
        set { payload.store(newValue, 6) }
    }

    package var paramID: String {
        get { payload.text(8, 16) }
        set { payload.store(text: newValue, 8, 16) }
    }

    package var paramType: UInt8 {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }
}

package struct ParamSet: MAVLinkTypedMessage {
    package static let id: UInt32 = 23
    package static var definition: MAVLinkMessage { .paramSet }
    package var payload = MAVLinkPayload()

    package init() {}

    package var paramValue: Float {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var targetSystem: UInt8 {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    package var targetComponent: UInt8 {
        get { payload.load(5) }
        set { payload.store(newValue, 5) }
    }

    package var paramID: String {
        get { payload.text(6, 16) }
        set { payload.store(text: newValue, 6, 16) }
    }

    package var paramType: UInt8 {
        get { payload.load(22) }
        set { payload.store(newValue, 22) }
    }
}

package struct Attitude: MAVLinkTypedMessage {
    package static let id: UInt32 = 30
    package static var definition: MAVLinkMessage { .attitude }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In ms.
    package var timeBootMs: UInt32 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In rad.
    package var roll: Float {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    /// In rad.
    package var pitch: Float {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In rad.
    package var yaw: Float {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    /// In rad/s.
    package var rollspeed: Float {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    /// In rad/s.
    package var pitchspeed: Float {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    /// In rad/s.
    package var yawspeed: Float {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }
}

package struct LocalPositionNed: MAVLinkTypedMessage {
    package static let id: UInt32 = 32
    package static var definition: MAVLinkMessage { .localPositionNed }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In ms.
    package var timeBootMs: UInt32 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In m.
    package var x: Float {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    /// In m.
    package var y: Float {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In m.
    package var z: Float {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    /// In m/s.
    package var vx: Float {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    /// In m/s.
    package var vy: Float {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    /// In m/s.
    package var vz: Float {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }
}

package struct GlobalPositionInt: MAVLinkTypedMessage {
    package static let id: UInt32 = 33
    package static var definition: MAVLinkMessage { .globalPositionInt }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In ms.
    package var timeBootMs: UInt32 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In degE7.
    package var lat: Int32 {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    /// In degE7.
    package var lon: Int32 {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In mm.
    package var alt: Int32 {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    /// In mm.
    package var relativeAlt: Int32 {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    /// In cm/s.
    package var vx: Int16 {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    /// In cm/s.
    package var vy: Int16 {
        get { payload.load(22) }
        set { payload.store(newValue, 22) }
    }

    /// In cm/s.
    package var vz: Int16 {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }

    /// In cdeg.
    package var hdg: UInt16 {
        get { payload.load(26) }
        set { payload.store(newValue, 26) }
    }
}

package struct VfrHud: MAVLinkTypedMessage {
    package static let id: UInt32 = 74
    package static var definition: MAVLinkMessage { .vfrHud }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In m/s.
    package var airspeed: Float {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In m/s.
    package var groundspeed: Float {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    /// In m.
    package var alt: Float {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In m/s.
    package var climb: Float {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    /// In deg.
    package var heading: Int16 {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    /// In %.
    package var throttle: UInt16 {
        get { payload.load(18) }
        set { payload.store(newValue, 18) }
    }
}

package struct CommandLong: MAVLinkTypedMessage {
    package static let id: UInt32 = 76
    package static var definition: MAVLinkMessage { .commandLong }
    package var payload = MAVLinkPayload()

    package init() {}

    package var param1: Float {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var param2: Float {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    package var param3: Float {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    package var param4: Float {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    package var param5: Float {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    package var param6: Float {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    package var param7: Float {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }

    package var command: UInt16 {
        get { payload.load(28) }
        set { payload.store(newValue, 28) }
    }

    package var targetSystem: UInt8 {
        get { payload.load(30) }
        set { payload.store(newValue, 30) }
    }

    package var targetComponent: UInt8 {
        get { payload.load(31) }
        set { payload.store(newValue, 31) }
    }

    package var confirmation: UInt8 {
        get { payload.load(32) }
        set { payload.store(newValue, 32) }
    }
}

package struct CommandAck: MAVLinkTypedMessage {
    package static let id: UInt32 = 77
    package static var definition: MAVLinkMessage { .commandAck }
    package var payload = MAVLinkPayload()

    package init() {}

    package var command: UInt16 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var result: UInt8 {
        get { payload.load(2) }
        set { payload.store(newValue, 2) }
    }

    package var progress: UInt8 {
        get { payload.load(3) }
        set { payload.store(newValue, 3) }
    }

    package var resultParam2: Int32 {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    package var targetSystem: UInt8 {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    package var targetComponent: UInt8 {
        get { payload.load(9) }
        set { payload.store(newValue, 9) }
    }
}

package struct HighresImu: MAVLinkTypedMessage {
    package static let id: UInt32 = 105
    package static var definition: MAVLinkMessage { .highresImu }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In us.
    package var timeUsec: UInt64 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In m/s/s.
    package var xacc: Float {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In m/s/s.
    package var yacc: Float {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    /// In m/s/s.
    package var zacc: Float {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    /// In rad/s.
    package var xgyro: Float {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    /// In rad/s.
    package var ygyro: Float {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }

    /// In rad/s.
    package var zgyro: Float {
        get { payload.load(28) }
        set { payload.store(newValue, 28) }
    }

    /// In gauss.
    package var xmag: Float {
        get { payload.load(32) }
        set { payload.store(newValue, 32) }
    }

    /// In gauss.
    package var ymag: Float {
        get { payload.load(36) }
        set { payload.store(newValue, 36) }
    }

    /// In gauss.
    package var zmag: Float {
        get { payload.load(40) }
        set { payload.store(newValue, 40) }
    }

    /// In hPa.
    package var absPressure: Float {
        get { payload.load(44) }
        set { payload.store(newValue, 44) }
    }

    /// In hPa.
    package var diffPressure: Float {
        get { payload.load(48) }
        set { payload.store(newValue, 48) }
    }

    package var pressureAlt: Float {
        get { payload.load(52) }
        set { payload.store(newValue, 52) }
    }

    /// In degC.
    package var temperature: Float {
        get { payload.load(56) }
        set { payload.store(newValue, 56) }
    }

    package var fieldsUpdated: UInt16 {
        get { payload.load(60) }
        set { payload.store(newValue, 60) }
    }

    package var id: UInt8 {
        get { payload.load(62) }
        set { payload.store(newValue, 62) }
    }
}

package struct BatteryStatus: MAVLinkTypedMessage {
    package static let id: UInt32 = 147
    package static var definition: MAVLinkMessage { .batteryStatus }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In mAh.
    package var currentConsumed: Int32 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In hJ.
    package var energyConsumed: Int32 {
        get { payload.load(4) }
        set { payload.store(newValue, 4) }
    }

    /// In cdegC.
    package var temperature: Int16 {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In mV.
    package func voltages(_ element: Int) -> UInt16 {
        precondition(element >= 0 && element < 10, "voltages has fewer elements")
        return payload.load(10 + 2 * element)
    }

    /// In cA.
    package var currentBattery: Int16 {
        get { payload.load(30) }
        set { payload.store(newValue, 30) }
    }

    package var id: UInt8 {
        get { payload.load(32) }
        set { payload.store(newValue, 32) }
    }

    package var batteryFunction: UInt8 {
        get { payload.load(33) }
        set { payload.store(newValue, 33) }
    }

    package var type: UInt8 {
        get { payload.load(34) }
        set { payload.store(newValue, 34) }
    }

    /// In %.
    package var batteryRemaining: Int8 {
        get { payload.load(35) }
        set { payload.store(newValue, 35) }
    }

    /// In s.
    package var timeRemaining: Int32 {
        get { payload.load(36) }
        set { payload.store(newValue, 36) }
    }

    package var chargeState: UInt8 {
        get { payload.load(40) }
        set { payload.store(newValue, 40) }
    }

    /// In mV.
    package func voltagesExt(_ element: Int) -> UInt16 {
        precondition(element >= 0 && element < 4, "voltages_ext has fewer elements")
        return payload.load(41 + 2 * element)
    }

    package var mode: UInt8 {
        get { payload.load(49) }
        set { payload.store(newValue, 49) }
    }

    package var faultBitmask: UInt32 {
        get { payload.load(50) }
        set { payload.store(newValue, 50) }
    }
}

package struct EstimatorStatus: MAVLinkTypedMessage {
    package static let id: UInt32 = 230
    package static var definition: MAVLinkMessage { .estimatorStatus }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In us.
    package var timeUsec: UInt64 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var velRatio: Float {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    package var posHorizRatio: Float {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    package var posVertRatio: Float {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    package var magRatio: Float {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    package var haglRatio: Float {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }

    package var tasRatio: Float {
        get { payload.load(28) }
        set { payload.store(newValue, 28) }
    }

    /// In m.
    package var posHorizAccuracy: Float {
        get { payload.load(32) }
        set { payload.store(newValue, 32) }
    }

    /// In m.
    package var posVertAccuracy: Float {
        get { payload.load(36) }
        set { payload.store(newValue, 36) }
    }

    package var flags: UInt16 {
        get { payload.load(40) }
        set { payload.store(newValue, 40) }
    }
}

package struct WindCov: MAVLinkTypedMessage {
    package static let id: UInt32 = 231
    package static var definition: MAVLinkMessage { .windCov }
    package var payload = MAVLinkPayload()

    package init() {}

    /// In us.
    package var timeUsec: UInt64 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    /// In m/s.
    package var windX: Float {
        get { payload.load(8) }
        set { payload.store(newValue, 8) }
    }

    /// In m/s.
    package var windY: Float {
        get { payload.load(12) }
        set { payload.store(newValue, 12) }
    }

    /// In m/s.
    package var windZ: Float {
        get { payload.load(16) }
        set { payload.store(newValue, 16) }
    }

    /// In m/s.
    package var varHoriz: Float {
        get { payload.load(20) }
        set { payload.store(newValue, 20) }
    }

    /// In m/s.
    package var varVert: Float {
        get { payload.load(24) }
        set { payload.store(newValue, 24) }
    }

    /// In m.
    package var windAlt: Float {
        get { payload.load(28) }
        set { payload.store(newValue, 28) }
    }

    /// In m/s.
    package var horizAccuracy: Float {
        get { payload.load(32) }
        set { payload.store(newValue, 32) }
    }

    /// In m/s.
    package var vertAccuracy: Float {
        get { payload.load(36) }
        set { payload.store(newValue, 36) }
    }
}

package struct ExtendedSysState: MAVLinkTypedMessage {
    package static let id: UInt32 = 245
    package static var definition: MAVLinkMessage { .extendedSysState }
    package var payload = MAVLinkPayload()

    package init() {}

    package var vtolState: UInt8 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var landedState: UInt8 {
        get { payload.load(1) }
        set { payload.store(newValue, 1) }
    }
}

package struct Statustext: MAVLinkTypedMessage {
    package static let id: UInt32 = 253
    package static var definition: MAVLinkMessage { .statustext }
    package var payload = MAVLinkPayload()

    package init() {}

    package var severity: UInt8 {
        get { payload.load(0) }
        set { payload.store(newValue, 0) }
    }

    package var text: String {
        get { payload.text(1, 50) }
        set { payload.store(text: newValue, 1, 50) }
    }

    package var id: UInt16 {
        get { payload.load(51) }
        set { payload.store(newValue, 51) }
    }

    package var chunkSeq: UInt8 {
        get { payload.load(53) }
        set { payload.store(newValue, 53) }
    }
}
