// Made by scripts/generate_mavlink.py from the definitions in pymavlink 2.4.50; not to be edited.

extension MAVLinkMessage {
    /// Every message of the common dialect, by ascending id.
    package static let common: [MAVLinkMessage] = [
        heartbeat,
        sysStatus,
        systemTime,
        ping,
        changeOperatorControl,
        changeOperatorControlAck,
        authKey,
        setMode,
        paramRequestRead,
        paramRequestList,
        paramValue,
        paramSet,
        gpsRawInt,
        gpsStatus,
        scaledImu,
        rawImu,
        rawPressure,
        scaledPressure,
        attitude,
        attitudeQuaternion,
        localPositionNed,
        globalPositionInt,
        rcChannelsScaled,
        rcChannelsRaw,
        servoOutputRaw,
        missionRequestPartialList,
        missionWritePartialList,
        missionItem,
        missionRequest,
        missionSetCurrent,
        missionCurrent,
        missionRequestList,
        missionCount,
        missionClearAll,
        missionItemReached,
        missionAck,
        setGpsGlobalOrigin,
        gpsGlobalOrigin,
        paramMapRc,
        missionRequestInt,
        safetySetAllowedArea,
        safetyAllowedArea,
        attitudeQuaternionCov,
        navControllerOutput,
        globalPositionIntCov,
        localPositionNedCov,
        rcChannels,
        requestDataStream,
        dataStream,
        manualControl,
        rcChannelsOverride,
        missionItemInt,
        vfrHud,
        commandInt,
        commandLong,
        commandAck,
        manualSetpoint,
        setAttitudeTarget,
        attitudeTarget,
        setPositionTargetLocalNed,
        positionTargetLocalNed,
        setPositionTargetGlobalInt,
        positionTargetGlobalInt,
        localPositionNedSystemGlobalOffset,
        hilState,
        hilControls,
        hilRcInputsRaw,
        hilActuatorControls,
        opticalFlow,
        globalVisionPositionEstimate,
        visionPositionEstimate,
        visionSpeedEstimate,
        viconPositionEstimate,
        highresImu,
        opticalFlowRad,
        hilSensor,
        simState,
        radioStatus,
        fileTransferProtocol,
        timesync,
        cameraTrigger,
        hilGps,
        hilOpticalFlow,
        hilStateQuaternion,
        scaledImu2,
        logRequestList,
        logEntry,
        logRequestData,
        logData,
        logErase,
        logRequestEnd,
        gpsInjectData,
        gps2Raw,
        powerStatus,
        serialControl,
        gpsRtk,
        gps2Rtk,
        scaledImu3,
        dataTransmissionHandshake,
        encapsulatedData,
        distanceSensor,
        terrainRequest,
        terrainData,
        terrainCheck,
        terrainReport,
        scaledPressure2,
        attPosMocap,
        setActuatorControlTarget,
        actuatorControlTarget,
        altitude,
        resourceRequest,
        scaledPressure3,
        followTarget,
        controlSystemState,
        batteryStatus,
        autopilotVersion,
        landingTarget,
        fenceStatus,
        magCalReport,
        efiStatus,
        estimatorStatus,
        windCov,
        gpsInput,
        gpsRtcmData,
        highLatency,
        highLatency2,
        vibration,
        homePosition,
        setHomePosition,
        messageInterval,
        extendedSysState,
        adsbVehicle,
        collision,
        v2Extension,
        memoryVect,
        debugVect,
        namedValueFloat,
        namedValueInt,
        statustext,
        debug,
        setupSigning,
        buttonChange,
        playTune,
        cameraInformation,
        cameraSettings,
        storageInformation,
        cameraCaptureStatus,
        cameraImageCaptured,
        flightInformation,
        mountOrientation,
        loggingData,
        loggingDataAcked,
        loggingAck,
        videoStreamInformation,
        videoStreamStatus,
        cameraFovStatus,
        cameraTrackingImageStatus,
        cameraTrackingGeoStatus,
        cameraThermalRange,
        gimbalManagerInformation,
        gimbalManagerStatus,
        gimbalManagerSetAttitude,
        gimbalDeviceInformation,
        gimbalDeviceSetAttitude,
        gimbalDeviceAttitudeStatus,
        autopilotStateForGimbalDevice,
        gimbalManagerSetPitchyaw,
        gimbalManagerSetManualControl,
        airspeed,
        globalPositionSensor,
        wifiConfigAp,
        aisVessel,
        uavcanNodeStatus,
        uavcanNodeInfo,
        paramExtRequestRead,
        paramExtRequestList,
        paramExtValue,
        paramExtSet,
        paramExtAck,
        obstacleDistance,
        odometry,
        trajectoryRepresentationWaypoints,
        trajectoryRepresentationBezier,
        isbdLinkStatus,
        rawRpm,
        utmGlobalPosition,
        paramError,
        debugFloatArray,
        orbitExecutionStatus,
        smartBatteryInfo,
        generatorStatus,
        actuatorOutputStatus,
        relayStatus,
        tunnel,
        canFrame,
        canfdFrame,
        canFilterModify,
        onboardComputerStatus,
        wheelDistance,
        winchStatus,
        openDroneIDBasicID,
        openDroneIDLocation,
        openDroneIDAuthentication,
        openDroneIDSelfID,
        openDroneIDSystem,
        openDroneIDOperatorID,
        openDroneIDMessagePack,
        openDroneIDArmStatus,
        openDroneIDSystemUpdate,
        hygrometerSensor,
    ]

    package static let heartbeat = MAVLinkMessage(
        id: 0, name: "HEARTBEAT", crcExtra: 50, minimumLength: 9, length: 9,
        fields: [
            MAVLinkField("custom_mode", .uint32, at: 0),
            MAVLinkField("type", .uint8, at: 4),
            MAVLinkField("autopilot", .uint8, at: 5),
            MAVLinkField("base_mode", .uint8, at: 6),
            MAVLinkField("system_status", .uint8, at: 7),
            MAVLinkField("mavlink_version", .uint8, at: 8),
        ])

    package static let sysStatus = MAVLinkMessage(
        id: 1, name: "SYS_STATUS", crcExtra: 124, minimumLength: 31, length: 43,
        fields: [
            MAVLinkField("onboard_control_sensors_present", .uint32, at: 0),
            MAVLinkField("onboard_control_sensors_enabled", .uint32, at: 4),
            MAVLinkField("onboard_control_sensors_health", .uint32, at: 8),
            MAVLinkField("load", .uint16, at: 12, units: "d%"),
            MAVLinkField("voltage_battery", .uint16, at: 14, units: "mV"),
            MAVLinkField("current_battery", .int16, at: 16, units: "cA"),
            MAVLinkField("drop_rate_comm", .uint16, at: 18, units: "c%"),
            MAVLinkField("errors_comm", .uint16, at: 20),
            MAVLinkField("errors_count1", .uint16, at: 22),
            MAVLinkField("errors_count2", .uint16, at: 24),
            MAVLinkField("errors_count3", .uint16, at: 26),
            MAVLinkField("errors_count4", .uint16, at: 28),
            MAVLinkField("battery_remaining", .int8, at: 30, units: "%"),
            MAVLinkField("onboard_control_sensors_present_extended", .uint32, at: 31),
            MAVLinkField("onboard_control_sensors_enabled_extended", .uint32, at: 35),
            MAVLinkField("onboard_control_sensors_health_extended", .uint32, at: 39),
        ])

    package static let systemTime = MAVLinkMessage(
        id: 2, name: "SYSTEM_TIME", crcExtra: 137, minimumLength: 12, length: 12,
        fields: [
            MAVLinkField("time_unix_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("time_boot_ms", .uint32, at: 8, units: "ms"),
        ])

    package static let ping = MAVLinkMessage(
        id: 4, name: "PING", crcExtra: 237, minimumLength: 14, length: 14,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("seq", .uint32, at: 8),
            MAVLinkField("target_system", .uint8, at: 12),
            MAVLinkField("target_component", .uint8, at: 13),
        ])

    package static let changeOperatorControl = MAVLinkMessage(
        id: 5, name: "CHANGE_OPERATOR_CONTROL", crcExtra: 217, minimumLength: 28, length: 28,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("control_request", .uint8, at: 1),
            MAVLinkField("version", .uint8, at: 2),
            MAVLinkField("passkey", .char, at: 3, count: 25),
        ])

    package static let changeOperatorControlAck = MAVLinkMessage(
        id: 6, name: "CHANGE_OPERATOR_CONTROL_ACK", crcExtra: 104, minimumLength: 3, length: 3,
        fields: [
            MAVLinkField("gcs_system_id", .uint8, at: 0),
            MAVLinkField("control_request", .uint8, at: 1),
            MAVLinkField("ack", .uint8, at: 2),
        ])

    package static let authKey = MAVLinkMessage(
        id: 7, name: "AUTH_KEY", crcExtra: 119, minimumLength: 32, length: 32,
        fields: [
            MAVLinkField("key", .char, at: 0, count: 32),
        ])

    package static let setMode = MAVLinkMessage(
        id: 11, name: "SET_MODE", crcExtra: 89, minimumLength: 6, length: 6,
        fields: [
            MAVLinkField("custom_mode", .uint32, at: 0),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("base_mode", .uint8, at: 5),
        ])

    package static let paramRequestRead = MAVLinkMessage(
        id: 20, name: "PARAM_REQUEST_READ", crcExtra: 214, minimumLength: 20, length: 20,
        fields: [
            MAVLinkField("param_index", .int16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("param_id", .char, at: 4, count: 16),
        ])

    package static let paramRequestList = MAVLinkMessage(
        id: 21, name: "PARAM_REQUEST_LIST", crcExtra: 159, minimumLength: 2, length: 2,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
        ])

    package static let paramValue = MAVLinkMessage(
        id: 22, name: "PARAM_VALUE", crcExtra: 220, minimumLength: 25, length: 25,
        fields: [
            MAVLinkField("param_value", .float, at: 0),
            MAVLinkField("param_count", .uint16, at: 4),
            MAVLinkField("param_index", .uint16, at: 6),
            MAVLinkField("param_id", .char, at: 8, count: 16),
            MAVLinkField("param_type", .uint8, at: 24),
        ])

    package static let paramSet = MAVLinkMessage(
        id: 23, name: "PARAM_SET", crcExtra: 168, minimumLength: 23, length: 23,
        fields: [
            MAVLinkField("param_value", .float, at: 0),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("target_component", .uint8, at: 5),
            MAVLinkField("param_id", .char, at: 6, count: 16),
            MAVLinkField("param_type", .uint8, at: 22),
        ])

    package static let gpsRawInt = MAVLinkMessage(
        id: 24, name: "GPS_RAW_INT", crcExtra: 24, minimumLength: 30, length: 52,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("lat", .int32, at: 8, units: "degE7"),
            MAVLinkField("lon", .int32, at: 12, units: "degE7"),
            MAVLinkField("alt", .int32, at: 16, units: "mm"),
            MAVLinkField("eph", .uint16, at: 20),
            MAVLinkField("epv", .uint16, at: 22),
            MAVLinkField("vel", .uint16, at: 24, units: "cm/s"),
            MAVLinkField("cog", .uint16, at: 26, units: "cdeg"),
            MAVLinkField("fix_type", .uint8, at: 28),
            MAVLinkField("satellites_visible", .uint8, at: 29),
            MAVLinkField("alt_ellipsoid", .int32, at: 30, units: "mm"),
            MAVLinkField("h_acc", .uint32, at: 34, units: "mm"),
            MAVLinkField("v_acc", .uint32, at: 38, units: "mm"),
            MAVLinkField("vel_acc", .uint32, at: 42, units: "mm/s"),
            MAVLinkField("hdg_acc", .uint32, at: 46, units: "degE5"),
            MAVLinkField("yaw", .uint16, at: 50, units: "cdeg"),
        ])

    package static let gpsStatus = MAVLinkMessage(
        id: 25, name: "GPS_STATUS", crcExtra: 23, minimumLength: 101, length: 101,
        fields: [
            MAVLinkField("satellites_visible", .uint8, at: 0),
            MAVLinkField("satellite_prn", .uint8, at: 1, count: 20),
            MAVLinkField("satellite_used", .uint8, at: 21, count: 20),
            MAVLinkField("satellite_elevation", .uint8, at: 41, count: 20, units: "deg"),
            MAVLinkField("satellite_azimuth", .uint8, at: 61, count: 20, units: "deg"),
            MAVLinkField("satellite_snr", .uint8, at: 81, count: 20, units: "dB"),
        ])

    package static let scaledImu = MAVLinkMessage(
        id: 26, name: "SCALED_IMU", crcExtra: 170, minimumLength: 22, length: 24,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("xacc", .int16, at: 4, units: "mG"),
            MAVLinkField("yacc", .int16, at: 6, units: "mG"),
            MAVLinkField("zacc", .int16, at: 8, units: "mG"),
            MAVLinkField("xgyro", .int16, at: 10, units: "mrad/s"),
            MAVLinkField("ygyro", .int16, at: 12, units: "mrad/s"),
            MAVLinkField("zgyro", .int16, at: 14, units: "mrad/s"),
            MAVLinkField("xmag", .int16, at: 16, units: "mgauss"),
            MAVLinkField("ymag", .int16, at: 18, units: "mgauss"),
            MAVLinkField("zmag", .int16, at: 20, units: "mgauss"),
            MAVLinkField("temperature", .int16, at: 22, units: "cdegC"),
        ])

    package static let rawImu = MAVLinkMessage(
        id: 27, name: "RAW_IMU", crcExtra: 144, minimumLength: 26, length: 29,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("xacc", .int16, at: 8, units: "mG"),
            MAVLinkField("yacc", .int16, at: 10, units: "mG"),
            MAVLinkField("zacc", .int16, at: 12, units: "mG"),
            MAVLinkField("xgyro", .int16, at: 14, units: "mrad/s"),
            MAVLinkField("ygyro", .int16, at: 16, units: "mrad/s"),
            MAVLinkField("zgyro", .int16, at: 18, units: "mrad/s"),
            MAVLinkField("xmag", .int16, at: 20, units: "mgauss"),
            MAVLinkField("ymag", .int16, at: 22, units: "mgauss"),
            MAVLinkField("zmag", .int16, at: 24, units: "mgauss"),
            MAVLinkField("id", .uint8, at: 26),
            MAVLinkField("temperature", .int16, at: 27, units: "cdegC"),
        ])

    package static let rawPressure = MAVLinkMessage(
        id: 28, name: "RAW_PRESSURE", crcExtra: 67, minimumLength: 16, length: 16,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("press_abs", .int16, at: 8),
            MAVLinkField("press_diff1", .int16, at: 10),
            MAVLinkField("press_diff2", .int16, at: 12),
            MAVLinkField("temperature", .int16, at: 14),
        ])

    package static let scaledPressure = MAVLinkMessage(
        id: 29, name: "SCALED_PRESSURE", crcExtra: 115, minimumLength: 14, length: 16,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("press_abs", .float, at: 4, units: "hPa"),
            MAVLinkField("press_diff", .float, at: 8, units: "hPa"),
            MAVLinkField("temperature", .int16, at: 12, units: "cdegC"),
            MAVLinkField("temperature_press_diff", .int16, at: 14, units: "cdegC"),
        ])

    package static let attitude = MAVLinkMessage(
        id: 30, name: "ATTITUDE", crcExtra: 39, minimumLength: 28, length: 28,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("roll", .float, at: 4, units: "rad"),
            MAVLinkField("pitch", .float, at: 8, units: "rad"),
            MAVLinkField("yaw", .float, at: 12, units: "rad"),
            MAVLinkField("rollspeed", .float, at: 16, units: "rad/s"),
            MAVLinkField("pitchspeed", .float, at: 20, units: "rad/s"),
            MAVLinkField("yawspeed", .float, at: 24, units: "rad/s"),
        ])

    package static let attitudeQuaternion = MAVLinkMessage(
        id: 31, name: "ATTITUDE_QUATERNION", crcExtra: 246, minimumLength: 32, length: 48,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("q1", .float, at: 4),
            MAVLinkField("q2", .float, at: 8),
            MAVLinkField("q3", .float, at: 12),
            MAVLinkField("q4", .float, at: 16),
            MAVLinkField("rollspeed", .float, at: 20, units: "rad/s"),
            MAVLinkField("pitchspeed", .float, at: 24, units: "rad/s"),
            MAVLinkField("yawspeed", .float, at: 28, units: "rad/s"),
            MAVLinkField("repr_offset_q", .float, at: 32, count: 4),
        ])

    package static let localPositionNed = MAVLinkMessage(
        id: 32, name: "LOCAL_POSITION_NED", crcExtra: 185, minimumLength: 28, length: 28,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("x", .float, at: 4, units: "m"),
            MAVLinkField("y", .float, at: 8, units: "m"),
            MAVLinkField("z", .float, at: 12, units: "m"),
            MAVLinkField("vx", .float, at: 16, units: "m/s"),
            MAVLinkField("vy", .float, at: 20, units: "m/s"),
            MAVLinkField("vz", .float, at: 24, units: "m/s"),
        ])

    package static let globalPositionInt = MAVLinkMessage(
        id: 33, name: "GLOBAL_POSITION_INT", crcExtra: 104, minimumLength: 28, length: 28,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("lat", .int32, at: 4, units: "degE7"),
            MAVLinkField("lon", .int32, at: 8, units: "degE7"),
            MAVLinkField("alt", .int32, at: 12, units: "mm"),
            MAVLinkField("relative_alt", .int32, at: 16, units: "mm"),
            MAVLinkField("vx", .int16, at: 20, units: "cm/s"),
            MAVLinkField("vy", .int16, at: 22, units: "cm/s"),
            MAVLinkField("vz", .int16, at: 24, units: "cm/s"),
            MAVLinkField("hdg", .uint16, at: 26, units: "cdeg"),
        ])

    package static let rcChannelsScaled = MAVLinkMessage(
        id: 34, name: "RC_CHANNELS_SCALED", crcExtra: 237, minimumLength: 22, length: 22,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("chan1_scaled", .int16, at: 4),
            MAVLinkField("chan2_scaled", .int16, at: 6),
            MAVLinkField("chan3_scaled", .int16, at: 8),
            MAVLinkField("chan4_scaled", .int16, at: 10),
            MAVLinkField("chan5_scaled", .int16, at: 12),
            MAVLinkField("chan6_scaled", .int16, at: 14),
            MAVLinkField("chan7_scaled", .int16, at: 16),
            MAVLinkField("chan8_scaled", .int16, at: 18),
            MAVLinkField("port", .uint8, at: 20),
            MAVLinkField("rssi", .uint8, at: 21),
        ])

    package static let rcChannelsRaw = MAVLinkMessage(
        id: 35, name: "RC_CHANNELS_RAW", crcExtra: 244, minimumLength: 22, length: 22,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("chan1_raw", .uint16, at: 4, units: "us"),
            MAVLinkField("chan2_raw", .uint16, at: 6, units: "us"),
            MAVLinkField("chan3_raw", .uint16, at: 8, units: "us"),
            MAVLinkField("chan4_raw", .uint16, at: 10, units: "us"),
            MAVLinkField("chan5_raw", .uint16, at: 12, units: "us"),
            MAVLinkField("chan6_raw", .uint16, at: 14, units: "us"),
            MAVLinkField("chan7_raw", .uint16, at: 16, units: "us"),
            MAVLinkField("chan8_raw", .uint16, at: 18, units: "us"),
            MAVLinkField("port", .uint8, at: 20),
            MAVLinkField("rssi", .uint8, at: 21),
        ])

    package static let servoOutputRaw = MAVLinkMessage(
        id: 36, name: "SERVO_OUTPUT_RAW", crcExtra: 222, minimumLength: 21, length: 37,
        fields: [
            MAVLinkField("time_usec", .uint32, at: 0, units: "us"),
            MAVLinkField("servo1_raw", .uint16, at: 4, units: "us"),
            MAVLinkField("servo2_raw", .uint16, at: 6, units: "us"),
            MAVLinkField("servo3_raw", .uint16, at: 8, units: "us"),
            MAVLinkField("servo4_raw", .uint16, at: 10, units: "us"),
            MAVLinkField("servo5_raw", .uint16, at: 12, units: "us"),
            MAVLinkField("servo6_raw", .uint16, at: 14, units: "us"),
            MAVLinkField("servo7_raw", .uint16, at: 16, units: "us"),
            MAVLinkField("servo8_raw", .uint16, at: 18, units: "us"),
            MAVLinkField("port", .uint8, at: 20),
            MAVLinkField("servo9_raw", .uint16, at: 21, units: "us"),
            MAVLinkField("servo10_raw", .uint16, at: 23, units: "us"),
            MAVLinkField("servo11_raw", .uint16, at: 25, units: "us"),
            MAVLinkField("servo12_raw", .uint16, at: 27, units: "us"),
            MAVLinkField("servo13_raw", .uint16, at: 29, units: "us"),
            MAVLinkField("servo14_raw", .uint16, at: 31, units: "us"),
            MAVLinkField("servo15_raw", .uint16, at: 33, units: "us"),
            MAVLinkField("servo16_raw", .uint16, at: 35, units: "us"),
        ])

    package static let missionRequestPartialList = MAVLinkMessage(
        id: 37, name: "MISSION_REQUEST_PARTIAL_LIST", crcExtra: 212, minimumLength: 6, length: 7,
        fields: [
            MAVLinkField("start_index", .int16, at: 0),
            MAVLinkField("end_index", .int16, at: 2),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("target_component", .uint8, at: 5),
            MAVLinkField("mission_type", .uint8, at: 6),
        ])

    package static let missionWritePartialList = MAVLinkMessage(
        id: 38, name: "MISSION_WRITE_PARTIAL_LIST", crcExtra: 9, minimumLength: 6, length: 7,
        fields: [
            MAVLinkField("start_index", .int16, at: 0),
            MAVLinkField("end_index", .int16, at: 2),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("target_component", .uint8, at: 5),
            MAVLinkField("mission_type", .uint8, at: 6),
        ])

    package static let missionItem = MAVLinkMessage(
        id: 39, name: "MISSION_ITEM", crcExtra: 254, minimumLength: 37, length: 38,
        fields: [
            MAVLinkField("param1", .float, at: 0),
            MAVLinkField("param2", .float, at: 4),
            MAVLinkField("param3", .float, at: 8),
            MAVLinkField("param4", .float, at: 12),
            MAVLinkField("x", .float, at: 16),
            MAVLinkField("y", .float, at: 20),
            MAVLinkField("z", .float, at: 24),
            MAVLinkField("seq", .uint16, at: 28),
            MAVLinkField("command", .uint16, at: 30),
            MAVLinkField("target_system", .uint8, at: 32),
            MAVLinkField("target_component", .uint8, at: 33),
            MAVLinkField("frame", .uint8, at: 34),
            MAVLinkField("current", .uint8, at: 35),
            MAVLinkField("autocontinue", .uint8, at: 36),
            MAVLinkField("mission_type", .uint8, at: 37),
        ])

    package static let missionRequest = MAVLinkMessage(
        id: 40, name: "MISSION_REQUEST", crcExtra: 230, minimumLength: 4, length: 5,
        fields: [
            MAVLinkField("seq", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("mission_type", .uint8, at: 4),
        ])

    package static let missionSetCurrent = MAVLinkMessage(
        id: 41, name: "MISSION_SET_CURRENT", crcExtra: 28, minimumLength: 4, length: 4,
        fields: [
            MAVLinkField("seq", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
        ])

    package static let missionCurrent = MAVLinkMessage(
        id: 42, name: "MISSION_CURRENT", crcExtra: 28, minimumLength: 2, length: 6,
        fields: [
            MAVLinkField("seq", .uint16, at: 0),
            MAVLinkField("total", .uint16, at: 2),
            MAVLinkField("mission_state", .uint8, at: 4),
            MAVLinkField("mission_mode", .uint8, at: 5),
        ])

    package static let missionRequestList = MAVLinkMessage(
        id: 43, name: "MISSION_REQUEST_LIST", crcExtra: 132, minimumLength: 2, length: 3,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("mission_type", .uint8, at: 2),
        ])

    package static let missionCount = MAVLinkMessage(
        id: 44, name: "MISSION_COUNT", crcExtra: 221, minimumLength: 4, length: 5,
        fields: [
            MAVLinkField("count", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("mission_type", .uint8, at: 4),
        ])

    package static let missionClearAll = MAVLinkMessage(
        id: 45, name: "MISSION_CLEAR_ALL", crcExtra: 232, minimumLength: 2, length: 3,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("mission_type", .uint8, at: 2),
        ])

    package static let missionItemReached = MAVLinkMessage(
        id: 46, name: "MISSION_ITEM_REACHED", crcExtra: 11, minimumLength: 2, length: 2,
        fields: [
            MAVLinkField("seq", .uint16, at: 0),
        ])

    package static let missionAck = MAVLinkMessage(
        id: 47, name: "MISSION_ACK", crcExtra: 153, minimumLength: 3, length: 4,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("type", .uint8, at: 2),
            MAVLinkField("mission_type", .uint8, at: 3),
        ])

    package static let setGpsGlobalOrigin = MAVLinkMessage(
        id: 48, name: "SET_GPS_GLOBAL_ORIGIN", crcExtra: 41, minimumLength: 13, length: 21,
        fields: [
            MAVLinkField("latitude", .int32, at: 0, units: "degE7"),
            MAVLinkField("longitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("altitude", .int32, at: 8, units: "mm"),
            MAVLinkField("target_system", .uint8, at: 12),
            MAVLinkField("time_usec", .uint64, at: 13, units: "us"),
        ])

    package static let gpsGlobalOrigin = MAVLinkMessage(
        id: 49, name: "GPS_GLOBAL_ORIGIN", crcExtra: 39, minimumLength: 12, length: 20,
        fields: [
            MAVLinkField("latitude", .int32, at: 0, units: "degE7"),
            MAVLinkField("longitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("altitude", .int32, at: 8, units: "mm"),
            MAVLinkField("time_usec", .uint64, at: 12, units: "us"),
        ])

    package static let paramMapRc = MAVLinkMessage(
        id: 50, name: "PARAM_MAP_RC", crcExtra: 78, minimumLength: 37, length: 37,
        fields: [
            MAVLinkField("param_value0", .float, at: 0),
            MAVLinkField("scale", .float, at: 4),
            MAVLinkField("param_value_min", .float, at: 8),
            MAVLinkField("param_value_max", .float, at: 12),
            MAVLinkField("param_index", .int16, at: 16),
            MAVLinkField("target_system", .uint8, at: 18),
            MAVLinkField("target_component", .uint8, at: 19),
            MAVLinkField("param_id", .char, at: 20, count: 16),
            MAVLinkField("parameter_rc_channel_index", .uint8, at: 36),
        ])

    package static let missionRequestInt = MAVLinkMessage(
        id: 51, name: "MISSION_REQUEST_INT", crcExtra: 196, minimumLength: 4, length: 5,
        fields: [
            MAVLinkField("seq", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("mission_type", .uint8, at: 4),
        ])

    package static let safetySetAllowedArea = MAVLinkMessage(
        id: 54, name: "SAFETY_SET_ALLOWED_AREA", crcExtra: 15, minimumLength: 27, length: 27,
        fields: [
            MAVLinkField("p1x", .float, at: 0, units: "m"),
            MAVLinkField("p1y", .float, at: 4, units: "m"),
            MAVLinkField("p1z", .float, at: 8, units: "m"),
            MAVLinkField("p2x", .float, at: 12, units: "m"),
            MAVLinkField("p2y", .float, at: 16, units: "m"),
            MAVLinkField("p2z", .float, at: 20, units: "m"),
            MAVLinkField("target_system", .uint8, at: 24),
            MAVLinkField("target_component", .uint8, at: 25),
            MAVLinkField("frame", .uint8, at: 26),
        ])

    package static let safetyAllowedArea = MAVLinkMessage(
        id: 55, name: "SAFETY_ALLOWED_AREA", crcExtra: 3, minimumLength: 25, length: 25,
        fields: [
            MAVLinkField("p1x", .float, at: 0, units: "m"),
            MAVLinkField("p1y", .float, at: 4, units: "m"),
            MAVLinkField("p1z", .float, at: 8, units: "m"),
            MAVLinkField("p2x", .float, at: 12, units: "m"),
            MAVLinkField("p2y", .float, at: 16, units: "m"),
            MAVLinkField("p2z", .float, at: 20, units: "m"),
            MAVLinkField("frame", .uint8, at: 24),
        ])

    package static let attitudeQuaternionCov = MAVLinkMessage(
        id: 61, name: "ATTITUDE_QUATERNION_COV", crcExtra: 167, minimumLength: 72, length: 72,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("q", .float, at: 8, count: 4),
            MAVLinkField("rollspeed", .float, at: 24, units: "rad/s"),
            MAVLinkField("pitchspeed", .float, at: 28, units: "rad/s"),
            MAVLinkField("yawspeed", .float, at: 32, units: "rad/s"),
            MAVLinkField("covariance", .float, at: 36, count: 9),
        ])

    package static let navControllerOutput = MAVLinkMessage(
        id: 62, name: "NAV_CONTROLLER_OUTPUT", crcExtra: 183, minimumLength: 26, length: 26,
        fields: [
            MAVLinkField("nav_roll", .float, at: 0, units: "deg"),
            MAVLinkField("nav_pitch", .float, at: 4, units: "deg"),
            MAVLinkField("alt_error", .float, at: 8, units: "m"),
            MAVLinkField("aspd_error", .float, at: 12, units: "m/s"),
            MAVLinkField("xtrack_error", .float, at: 16, units: "m"),
            MAVLinkField("nav_bearing", .int16, at: 20, units: "deg"),
            MAVLinkField("target_bearing", .int16, at: 22, units: "deg"),
            MAVLinkField("wp_dist", .uint16, at: 24, units: "m"),
        ])

    package static let globalPositionIntCov = MAVLinkMessage(
        id: 63, name: "GLOBAL_POSITION_INT_COV", crcExtra: 119, minimumLength: 181, length: 181,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("lat", .int32, at: 8, units: "degE7"),
            MAVLinkField("lon", .int32, at: 12, units: "degE7"),
            MAVLinkField("alt", .int32, at: 16, units: "mm"),
            MAVLinkField("relative_alt", .int32, at: 20, units: "mm"),
            MAVLinkField("vx", .float, at: 24, units: "m/s"),
            MAVLinkField("vy", .float, at: 28, units: "m/s"),
            MAVLinkField("vz", .float, at: 32, units: "m/s"),
            MAVLinkField("covariance", .float, at: 36, count: 36),
            MAVLinkField("estimator_type", .uint8, at: 180),
        ])

    package static let localPositionNedCov = MAVLinkMessage(
        id: 64, name: "LOCAL_POSITION_NED_COV", crcExtra: 191, minimumLength: 225, length: 225,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x", .float, at: 8, units: "m"),
            MAVLinkField("y", .float, at: 12, units: "m"),
            MAVLinkField("z", .float, at: 16, units: "m"),
            MAVLinkField("vx", .float, at: 20, units: "m/s"),
            MAVLinkField("vy", .float, at: 24, units: "m/s"),
            MAVLinkField("vz", .float, at: 28, units: "m/s"),
            MAVLinkField("ax", .float, at: 32, units: "m/s/s"),
            MAVLinkField("ay", .float, at: 36, units: "m/s/s"),
            MAVLinkField("az", .float, at: 40, units: "m/s/s"),
            MAVLinkField("covariance", .float, at: 44, count: 45),
            MAVLinkField("estimator_type", .uint8, at: 224),
        ])

    package static let rcChannels = MAVLinkMessage(
        id: 65, name: "RC_CHANNELS", crcExtra: 118, minimumLength: 42, length: 42,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("chan1_raw", .uint16, at: 4, units: "us"),
            MAVLinkField("chan2_raw", .uint16, at: 6, units: "us"),
            MAVLinkField("chan3_raw", .uint16, at: 8, units: "us"),
            MAVLinkField("chan4_raw", .uint16, at: 10, units: "us"),
            MAVLinkField("chan5_raw", .uint16, at: 12, units: "us"),
            MAVLinkField("chan6_raw", .uint16, at: 14, units: "us"),
            MAVLinkField("chan7_raw", .uint16, at: 16, units: "us"),
            MAVLinkField("chan8_raw", .uint16, at: 18, units: "us"),
            MAVLinkField("chan9_raw", .uint16, at: 20, units: "us"),
            MAVLinkField("chan10_raw", .uint16, at: 22, units: "us"),
            MAVLinkField("chan11_raw", .uint16, at: 24, units: "us"),
            MAVLinkField("chan12_raw", .uint16, at: 26, units: "us"),
            MAVLinkField("chan13_raw", .uint16, at: 28, units: "us"),
            MAVLinkField("chan14_raw", .uint16, at: 30, units: "us"),
            MAVLinkField("chan15_raw", .uint16, at: 32, units: "us"),
            MAVLinkField("chan16_raw", .uint16, at: 34, units: "us"),
            MAVLinkField("chan17_raw", .uint16, at: 36, units: "us"),
            MAVLinkField("chan18_raw", .uint16, at: 38, units: "us"),
            MAVLinkField("chancount", .uint8, at: 40),
            MAVLinkField("rssi", .uint8, at: 41),
        ])

    package static let requestDataStream = MAVLinkMessage(
        id: 66, name: "REQUEST_DATA_STREAM", crcExtra: 148, minimumLength: 6, length: 6,
        fields: [
            MAVLinkField("req_message_rate", .uint16, at: 0, units: "Hz"),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("req_stream_id", .uint8, at: 4),
            MAVLinkField("start_stop", .uint8, at: 5),
        ])

    package static let dataStream = MAVLinkMessage(
        id: 67, name: "DATA_STREAM", crcExtra: 21, minimumLength: 4, length: 4,
        fields: [
            MAVLinkField("message_rate", .uint16, at: 0, units: "Hz"),
            MAVLinkField("stream_id", .uint8, at: 2),
            MAVLinkField("on_off", .uint8, at: 3),
        ])

    package static let manualControl = MAVLinkMessage(
        id: 69, name: "MANUAL_CONTROL", crcExtra: 243, minimumLength: 11, length: 30,
        fields: [
            MAVLinkField("x", .int16, at: 0),
            MAVLinkField("y", .int16, at: 2),
            MAVLinkField("z", .int16, at: 4),
            MAVLinkField("r", .int16, at: 6),
            MAVLinkField("buttons", .uint16, at: 8),
            MAVLinkField("target", .uint8, at: 10),
            MAVLinkField("buttons2", .uint16, at: 11),
            MAVLinkField("enabled_extensions", .uint8, at: 13),
            MAVLinkField("s", .int16, at: 14),
            MAVLinkField("t", .int16, at: 16),
            MAVLinkField("aux1", .int16, at: 18),
            MAVLinkField("aux2", .int16, at: 20),
            MAVLinkField("aux3", .int16, at: 22),
            MAVLinkField("aux4", .int16, at: 24),
            MAVLinkField("aux5", .int16, at: 26),
            MAVLinkField("aux6", .int16, at: 28),
        ])

    package static let rcChannelsOverride = MAVLinkMessage(
        id: 70, name: "RC_CHANNELS_OVERRIDE", crcExtra: 124, minimumLength: 18, length: 38,
        fields: [
            MAVLinkField("chan1_raw", .uint16, at: 0, units: "us"),
            MAVLinkField("chan2_raw", .uint16, at: 2, units: "us"),
            MAVLinkField("chan3_raw", .uint16, at: 4, units: "us"),
            MAVLinkField("chan4_raw", .uint16, at: 6, units: "us"),
            MAVLinkField("chan5_raw", .uint16, at: 8, units: "us"),
            MAVLinkField("chan6_raw", .uint16, at: 10, units: "us"),
            MAVLinkField("chan7_raw", .uint16, at: 12, units: "us"),
            MAVLinkField("chan8_raw", .uint16, at: 14, units: "us"),
            MAVLinkField("target_system", .uint8, at: 16),
            MAVLinkField("target_component", .uint8, at: 17),
            MAVLinkField("chan9_raw", .uint16, at: 18, units: "us"),
            MAVLinkField("chan10_raw", .uint16, at: 20, units: "us"),
            MAVLinkField("chan11_raw", .uint16, at: 22, units: "us"),
            MAVLinkField("chan12_raw", .uint16, at: 24, units: "us"),
            MAVLinkField("chan13_raw", .uint16, at: 26, units: "us"),
            MAVLinkField("chan14_raw", .uint16, at: 28, units: "us"),
            MAVLinkField("chan15_raw", .uint16, at: 30, units: "us"),
            MAVLinkField("chan16_raw", .uint16, at: 32, units: "us"),
            MAVLinkField("chan17_raw", .uint16, at: 34, units: "us"),
            MAVLinkField("chan18_raw", .uint16, at: 36, units: "us"),
        ])

    package static let missionItemInt = MAVLinkMessage(
        id: 73, name: "MISSION_ITEM_INT", crcExtra: 38, minimumLength: 37, length: 38,
        fields: [
            MAVLinkField("param1", .float, at: 0),
            MAVLinkField("param2", .float, at: 4),
            MAVLinkField("param3", .float, at: 8),
            MAVLinkField("param4", .float, at: 12),
            MAVLinkField("x", .int32, at: 16),
            MAVLinkField("y", .int32, at: 20),
            MAVLinkField("z", .float, at: 24),
            MAVLinkField("seq", .uint16, at: 28),
            MAVLinkField("command", .uint16, at: 30),
            MAVLinkField("target_system", .uint8, at: 32),
            MAVLinkField("target_component", .uint8, at: 33),
            MAVLinkField("frame", .uint8, at: 34),
            MAVLinkField("current", .uint8, at: 35),
            MAVLinkField("autocontinue", .uint8, at: 36),
            MAVLinkField("mission_type", .uint8, at: 37),
        ])

    package static let vfrHud = MAVLinkMessage(
        id: 74, name: "VFR_HUD", crcExtra: 20, minimumLength: 20, length: 20,
        fields: [
            MAVLinkField("airspeed", .float, at: 0, units: "m/s"),
            MAVLinkField("groundspeed", .float, at: 4, units: "m/s"),
            MAVLinkField("alt", .float, at: 8, units: "m"),
            MAVLinkField("climb", .float, at: 12, units: "m/s"),
            MAVLinkField("heading", .int16, at: 16, units: "deg"),
            MAVLinkField("throttle", .uint16, at: 18, units: "%"),
        ])

    package static let commandInt = MAVLinkMessage(
        id: 75, name: "COMMAND_INT", crcExtra: 158, minimumLength: 35, length: 35,
        fields: [
            MAVLinkField("param1", .float, at: 0),
            MAVLinkField("param2", .float, at: 4),
            MAVLinkField("param3", .float, at: 8),
            MAVLinkField("param4", .float, at: 12),
            MAVLinkField("x", .int32, at: 16),
            MAVLinkField("y", .int32, at: 20),
            MAVLinkField("z", .float, at: 24),
            MAVLinkField("command", .uint16, at: 28),
            MAVLinkField("target_system", .uint8, at: 30),
            MAVLinkField("target_component", .uint8, at: 31),
            MAVLinkField("frame", .uint8, at: 32),
            MAVLinkField("current", .uint8, at: 33),
            MAVLinkField("autocontinue", .uint8, at: 34),
        ])

    package static let commandLong = MAVLinkMessage(
        id: 76, name: "COMMAND_LONG", crcExtra: 152, minimumLength: 33, length: 33,
        fields: [
            MAVLinkField("param1", .float, at: 0),
            MAVLinkField("param2", .float, at: 4),
            MAVLinkField("param3", .float, at: 8),
            MAVLinkField("param4", .float, at: 12),
            MAVLinkField("param5", .float, at: 16),
            MAVLinkField("param6", .float, at: 20),
            MAVLinkField("param7", .float, at: 24),
            MAVLinkField("command", .uint16, at: 28),
            MAVLinkField("target_system", .uint8, at: 30),
            MAVLinkField("target_component", .uint8, at: 31),
            MAVLinkField("confirmation", .uint8, at: 32),
        ])

    package static let commandAck = MAVLinkMessage(
        id: 77, name: "COMMAND_ACK", crcExtra: 143, minimumLength: 3, length: 10,
        fields: [
            MAVLinkField("command", .uint16, at: 0),
            MAVLinkField("result", .uint8, at: 2),
            MAVLinkField("progress", .uint8, at: 3),
            MAVLinkField("result_param2", .int32, at: 4),
            MAVLinkField("target_system", .uint8, at: 8),
            MAVLinkField("target_component", .uint8, at: 9),
        ])

    package static let manualSetpoint = MAVLinkMessage(
        id: 81, name: "MANUAL_SETPOINT", crcExtra: 106, minimumLength: 22, length: 22,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("roll", .float, at: 4, units: "rad/s"),
            MAVLinkField("pitch", .float, at: 8, units: "rad/s"),
            MAVLinkField("yaw", .float, at: 12, units: "rad/s"),
            MAVLinkField("thrust", .float, at: 16),
            MAVLinkField("mode_switch", .uint8, at: 20),
            MAVLinkField("manual_override_switch", .uint8, at: 21),
        ])

    package static let setAttitudeTarget = MAVLinkMessage(
        id: 82, name: "SET_ATTITUDE_TARGET", crcExtra: 49, minimumLength: 39, length: 39,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("q", .float, at: 4, count: 4),
            MAVLinkField("body_roll_rate", .float, at: 20, units: "rad/s"),
            MAVLinkField("body_pitch_rate", .float, at: 24, units: "rad/s"),
            MAVLinkField("body_yaw_rate", .float, at: 28, units: "rad/s"),
            MAVLinkField("thrust", .float, at: 32),
            MAVLinkField("target_system", .uint8, at: 36),
            MAVLinkField("target_component", .uint8, at: 37),
            MAVLinkField("type_mask", .uint8, at: 38),
        ])

    package static let attitudeTarget = MAVLinkMessage(
        id: 83, name: "ATTITUDE_TARGET", crcExtra: 22, minimumLength: 37, length: 37,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("q", .float, at: 4, count: 4),
            MAVLinkField("body_roll_rate", .float, at: 20, units: "rad/s"),
            MAVLinkField("body_pitch_rate", .float, at: 24, units: "rad/s"),
            MAVLinkField("body_yaw_rate", .float, at: 28, units: "rad/s"),
            MAVLinkField("thrust", .float, at: 32),
            MAVLinkField("type_mask", .uint8, at: 36),
        ])

    package static let setPositionTargetLocalNed = MAVLinkMessage(
        id: 84, name: "SET_POSITION_TARGET_LOCAL_NED", crcExtra: 143, minimumLength: 53, length: 53,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("x", .float, at: 4, units: "m"),
            MAVLinkField("y", .float, at: 8, units: "m"),
            MAVLinkField("z", .float, at: 12, units: "m"),
            MAVLinkField("vx", .float, at: 16, units: "m/s"),
            MAVLinkField("vy", .float, at: 20, units: "m/s"),
            MAVLinkField("vz", .float, at: 24, units: "m/s"),
            MAVLinkField("afx", .float, at: 28, units: "m/s/s"),
            MAVLinkField("afy", .float, at: 32, units: "m/s/s"),
            MAVLinkField("afz", .float, at: 36, units: "m/s/s"),
            MAVLinkField("yaw", .float, at: 40, units: "rad"),
            MAVLinkField("yaw_rate", .float, at: 44, units: "rad/s"),
            MAVLinkField("type_mask", .uint16, at: 48),
            MAVLinkField("target_system", .uint8, at: 50),
            MAVLinkField("target_component", .uint8, at: 51),
            MAVLinkField("coordinate_frame", .uint8, at: 52),
        ])

    package static let positionTargetLocalNed = MAVLinkMessage(
        id: 85, name: "POSITION_TARGET_LOCAL_NED", crcExtra: 140, minimumLength: 51, length: 51,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("x", .float, at: 4, units: "m"),
            MAVLinkField("y", .float, at: 8, units: "m"),
            MAVLinkField("z", .float, at: 12, units: "m"),
            MAVLinkField("vx", .float, at: 16, units: "m/s"),
            MAVLinkField("vy", .float, at: 20, units: "m/s"),
            MAVLinkField("vz", .float, at: 24, units: "m/s"),
            MAVLinkField("afx", .float, at: 28, units: "m/s/s"),
            MAVLinkField("afy", .float, at: 32, units: "m/s/s"),
            MAVLinkField("afz", .float, at: 36, units: "m/s/s"),
            MAVLinkField("yaw", .float, at: 40, units: "rad"),
            MAVLinkField("yaw_rate", .float, at: 44, units: "rad/s"),
            MAVLinkField("type_mask", .uint16, at: 48),
            MAVLinkField("coordinate_frame", .uint8, at: 50),
        ])

    package static let setPositionTargetGlobalInt = MAVLinkMessage(
        id: 86, name: "SET_POSITION_TARGET_GLOBAL_INT", crcExtra: 5, minimumLength: 53, length: 53,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("lat_int", .int32, at: 4, units: "degE7"),
            MAVLinkField("lon_int", .int32, at: 8, units: "degE7"),
            MAVLinkField("alt", .float, at: 12, units: "m"),
            MAVLinkField("vx", .float, at: 16, units: "m/s"),
            MAVLinkField("vy", .float, at: 20, units: "m/s"),
            MAVLinkField("vz", .float, at: 24, units: "m/s"),
            MAVLinkField("afx", .float, at: 28, units: "m/s/s"),
            MAVLinkField("afy", .float, at: 32, units: "m/s/s"),
            MAVLinkField("afz", .float, at: 36, units: "m/s/s"),
            MAVLinkField("yaw", .float, at: 40, units: "rad"),
            MAVLinkField("yaw_rate", .float, at: 44, units: "rad/s"),
            MAVLinkField("type_mask", .uint16, at: 48),
            MAVLinkField("target_system", .uint8, at: 50),
            MAVLinkField("target_component", .uint8, at: 51),
            MAVLinkField("coordinate_frame", .uint8, at: 52),
        ])

    package static let positionTargetGlobalInt = MAVLinkMessage(
        id: 87, name: "POSITION_TARGET_GLOBAL_INT", crcExtra: 150, minimumLength: 51, length: 51,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("lat_int", .int32, at: 4, units: "degE7"),
            MAVLinkField("lon_int", .int32, at: 8, units: "degE7"),
            MAVLinkField("alt", .float, at: 12, units: "m"),
            MAVLinkField("vx", .float, at: 16, units: "m/s"),
            MAVLinkField("vy", .float, at: 20, units: "m/s"),
            MAVLinkField("vz", .float, at: 24, units: "m/s"),
            MAVLinkField("afx", .float, at: 28, units: "m/s/s"),
            MAVLinkField("afy", .float, at: 32, units: "m/s/s"),
            MAVLinkField("afz", .float, at: 36, units: "m/s/s"),
            MAVLinkField("yaw", .float, at: 40, units: "rad"),
            MAVLinkField("yaw_rate", .float, at: 44, units: "rad/s"),
            MAVLinkField("type_mask", .uint16, at: 48),
            MAVLinkField("coordinate_frame", .uint8, at: 50),
        ])

    package static let localPositionNedSystemGlobalOffset = MAVLinkMessage(
        id: 89, name: "LOCAL_POSITION_NED_SYSTEM_GLOBAL_OFFSET", crcExtra: 231, minimumLength: 28, length: 28,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("x", .float, at: 4, units: "m"),
            MAVLinkField("y", .float, at: 8, units: "m"),
            MAVLinkField("z", .float, at: 12, units: "m"),
            MAVLinkField("roll", .float, at: 16, units: "rad"),
            MAVLinkField("pitch", .float, at: 20, units: "rad"),
            MAVLinkField("yaw", .float, at: 24, units: "rad"),
        ])

    package static let hilState = MAVLinkMessage(
        id: 90, name: "HIL_STATE", crcExtra: 183, minimumLength: 56, length: 56,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("roll", .float, at: 8, units: "rad"),
            MAVLinkField("pitch", .float, at: 12, units: "rad"),
            MAVLinkField("yaw", .float, at: 16, units: "rad"),
            MAVLinkField("rollspeed", .float, at: 20, units: "rad/s"),
            MAVLinkField("pitchspeed", .float, at: 24, units: "rad/s"),
            MAVLinkField("yawspeed", .float, at: 28, units: "rad/s"),
            MAVLinkField("lat", .int32, at: 32, units: "degE7"),
            MAVLinkField("lon", .int32, at: 36, units: "degE7"),
            MAVLinkField("alt", .int32, at: 40, units: "mm"),
            MAVLinkField("vx", .int16, at: 44, units: "cm/s"),
            MAVLinkField("vy", .int16, at: 46, units: "cm/s"),
            MAVLinkField("vz", .int16, at: 48, units: "cm/s"),
            MAVLinkField("xacc", .int16, at: 50, units: "mG"),
            MAVLinkField("yacc", .int16, at: 52, units: "mG"),
            MAVLinkField("zacc", .int16, at: 54, units: "mG"),
        ])

    package static let hilControls = MAVLinkMessage(
        id: 91, name: "HIL_CONTROLS", crcExtra: 63, minimumLength: 42, length: 42,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("roll_ailerons", .float, at: 8),
            MAVLinkField("pitch_elevator", .float, at: 12),
            MAVLinkField("yaw_rudder", .float, at: 16),
            MAVLinkField("throttle", .float, at: 20),
            MAVLinkField("aux1", .float, at: 24),
            MAVLinkField("aux2", .float, at: 28),
            MAVLinkField("aux3", .float, at: 32),
            MAVLinkField("aux4", .float, at: 36),
            MAVLinkField("mode", .uint8, at: 40),
            MAVLinkField("nav_mode", .uint8, at: 41),
        ])

    package static let hilRcInputsRaw = MAVLinkMessage(
        id: 92, name: "HIL_RC_INPUTS_RAW", crcExtra: 54, minimumLength: 33, length: 33,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("chan1_raw", .uint16, at: 8, units: "us"),
            MAVLinkField("chan2_raw", .uint16, at: 10, units: "us"),
            MAVLinkField("chan3_raw", .uint16, at: 12, units: "us"),
            MAVLinkField("chan4_raw", .uint16, at: 14, units: "us"),
            MAVLinkField("chan5_raw", .uint16, at: 16, units: "us"),
            MAVLinkField("chan6_raw", .uint16, at: 18, units: "us"),
            MAVLinkField("chan7_raw", .uint16, at: 20, units: "us"),
            MAVLinkField("chan8_raw", .uint16, at: 22, units: "us"),
            MAVLinkField("chan9_raw", .uint16, at: 24, units: "us"),
            MAVLinkField("chan10_raw", .uint16, at: 26, units: "us"),
            MAVLinkField("chan11_raw", .uint16, at: 28, units: "us"),
            MAVLinkField("chan12_raw", .uint16, at: 30, units: "us"),
            MAVLinkField("rssi", .uint8, at: 32),
        ])

    package static let hilActuatorControls = MAVLinkMessage(
        id: 93, name: "HIL_ACTUATOR_CONTROLS", crcExtra: 47, minimumLength: 81, length: 81,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("flags", .uint64, at: 8),
            MAVLinkField("controls", .float, at: 16, count: 16),
            MAVLinkField("mode", .uint8, at: 80),
        ])

    package static let opticalFlow = MAVLinkMessage(
        id: 100, name: "OPTICAL_FLOW", crcExtra: 175, minimumLength: 26, length: 34,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("flow_comp_m_x", .float, at: 8, units: "m/s"),
            MAVLinkField("flow_comp_m_y", .float, at: 12, units: "m/s"),
            MAVLinkField("ground_distance", .float, at: 16, units: "m"),
            MAVLinkField("flow_x", .int16, at: 20, units: "rad/s"),
            MAVLinkField("flow_y", .int16, at: 22, units: "rad/s"),
            MAVLinkField("sensor_id", .uint8, at: 24),
            MAVLinkField("quality", .uint8, at: 25),
            MAVLinkField("flow_rate_x", .float, at: 26, units: "rad/s"),
            MAVLinkField("flow_rate_y", .float, at: 30, units: "rad/s"),
        ])

    package static let globalVisionPositionEstimate = MAVLinkMessage(
        id: 101, name: "GLOBAL_VISION_POSITION_ESTIMATE", crcExtra: 102, minimumLength: 32, length: 117,
        fields: [
            MAVLinkField("usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x", .float, at: 8, units: "m"),
            MAVLinkField("y", .float, at: 12, units: "m"),
            MAVLinkField("z", .float, at: 16, units: "m"),
            MAVLinkField("roll", .float, at: 20, units: "rad"),
            MAVLinkField("pitch", .float, at: 24, units: "rad"),
            MAVLinkField("yaw", .float, at: 28, units: "rad"),
            MAVLinkField("covariance", .float, at: 32, count: 21),
            MAVLinkField("reset_counter", .uint8, at: 116),
        ])

    package static let visionPositionEstimate = MAVLinkMessage(
        id: 102, name: "VISION_POSITION_ESTIMATE", crcExtra: 158, minimumLength: 32, length: 117,
        fields: [
            MAVLinkField("usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x", .float, at: 8, units: "m"),
            MAVLinkField("y", .float, at: 12, units: "m"),
            MAVLinkField("z", .float, at: 16, units: "m"),
            MAVLinkField("roll", .float, at: 20, units: "rad"),
            MAVLinkField("pitch", .float, at: 24, units: "rad"),
            MAVLinkField("yaw", .float, at: 28, units: "rad"),
            MAVLinkField("covariance", .float, at: 32, count: 21),
            MAVLinkField("reset_counter", .uint8, at: 116),
        ])

    package static let visionSpeedEstimate = MAVLinkMessage(
        id: 103, name: "VISION_SPEED_ESTIMATE", crcExtra: 208, minimumLength: 20, length: 57,
        fields: [
            MAVLinkField("usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x", .float, at: 8, units: "m/s"),
            MAVLinkField("y", .float, at: 12, units: "m/s"),
            MAVLinkField("z", .float, at: 16, units: "m/s"),
            MAVLinkField("covariance", .float, at: 20, count: 9),
            MAVLinkField("reset_counter", .uint8, at: 56),
        ])

    package static let viconPositionEstimate = MAVLinkMessage(
        id: 104, name: "VICON_POSITION_ESTIMATE", crcExtra: 56, minimumLength: 32, length: 116,
        fields: [
            MAVLinkField("usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x", .float, at: 8, units: "m"),
            MAVLinkField("y", .float, at: 12, units: "m"),
            MAVLinkField("z", .float, at: 16, units: "m"),
            MAVLinkField("roll", .float, at: 20, units: "rad"),
            MAVLinkField("pitch", .float, at: 24, units: "rad"),
            MAVLinkField("yaw", .float, at: 28, units: "rad"),
            MAVLinkField("covariance", .float, at: 32, count: 21),
        ])

    package static let highresImu = MAVLinkMessage(
        id: 105, name: "HIGHRES_IMU", crcExtra: 93, minimumLength: 62, length: 63,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("xacc", .float, at: 8, units: "m/s/s"),
            MAVLinkField("yacc", .float, at: 12, units: "m/s/s"),
            MAVLinkField("zacc", .float, at: 16, units: "m/s/s"),
            MAVLinkField("xgyro", .float, at: 20, units: "rad/s"),
            MAVLinkField("ygyro", .float, at: 24, units: "rad/s"),
            MAVLinkField("zgyro", .float, at: 28, units: "rad/s"),
            MAVLinkField("xmag", .float, at: 32, units: "gauss"),
            MAVLinkField("ymag", .float, at: 36, units: "gauss"),
            MAVLinkField("zmag", .float, at: 40, units: "gauss"),
            MAVLinkField("abs_pressure", .float, at: 44, units: "hPa"),
            MAVLinkField("diff_pressure", .float, at: 48, units: "hPa"),
            MAVLinkField("pressure_alt", .float, at: 52),
            MAVLinkField("temperature", .float, at: 56, units: "degC"),
            MAVLinkField("fields_updated", .uint16, at: 60),
            MAVLinkField("id", .uint8, at: 62),
        ])

    package static let opticalFlowRad = MAVLinkMessage(
        id: 106, name: "OPTICAL_FLOW_RAD", crcExtra: 138, minimumLength: 44, length: 44,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("integration_time_us", .uint32, at: 8, units: "us"),
            MAVLinkField("integrated_x", .float, at: 12, units: "rad"),
            MAVLinkField("integrated_y", .float, at: 16, units: "rad"),
            MAVLinkField("integrated_xgyro", .float, at: 20, units: "rad"),
            MAVLinkField("integrated_ygyro", .float, at: 24, units: "rad"),
            MAVLinkField("integrated_zgyro", .float, at: 28, units: "rad"),
            MAVLinkField("time_delta_distance_us", .uint32, at: 32, units: "us"),
            MAVLinkField("distance", .float, at: 36, units: "m"),
            MAVLinkField("temperature", .int16, at: 40, units: "cdegC"),
            MAVLinkField("sensor_id", .uint8, at: 42),
            MAVLinkField("quality", .uint8, at: 43),
        ])

    package static let hilSensor = MAVLinkMessage(
        id: 107, name: "HIL_SENSOR", crcExtra: 108, minimumLength: 64, length: 65,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("xacc", .float, at: 8, units: "m/s/s"),
            MAVLinkField("yacc", .float, at: 12, units: "m/s/s"),
            MAVLinkField("zacc", .float, at: 16, units: "m/s/s"),
            MAVLinkField("xgyro", .float, at: 20, units: "rad/s"),
            MAVLinkField("ygyro", .float, at: 24, units: "rad/s"),
            MAVLinkField("zgyro", .float, at: 28, units: "rad/s"),
            MAVLinkField("xmag", .float, at: 32, units: "gauss"),
            MAVLinkField("ymag", .float, at: 36, units: "gauss"),
            MAVLinkField("zmag", .float, at: 40, units: "gauss"),
            MAVLinkField("abs_pressure", .float, at: 44, units: "hPa"),
            MAVLinkField("diff_pressure", .float, at: 48, units: "hPa"),
            MAVLinkField("pressure_alt", .float, at: 52),
            MAVLinkField("temperature", .float, at: 56, units: "degC"),
            MAVLinkField("fields_updated", .uint32, at: 60),
            MAVLinkField("id", .uint8, at: 64),
        ])

    package static let simState = MAVLinkMessage(
        id: 108, name: "SIM_STATE", crcExtra: 32, minimumLength: 84, length: 92,
        fields: [
            MAVLinkField("q1", .float, at: 0),
            MAVLinkField("q2", .float, at: 4),
            MAVLinkField("q3", .float, at: 8),
            MAVLinkField("q4", .float, at: 12),
            MAVLinkField("roll", .float, at: 16, units: "rad"),
            MAVLinkField("pitch", .float, at: 20, units: "rad"),
            MAVLinkField("yaw", .float, at: 24, units: "rad"),
            MAVLinkField("xacc", .float, at: 28, units: "m/s/s"),
            MAVLinkField("yacc", .float, at: 32, units: "m/s/s"),
            MAVLinkField("zacc", .float, at: 36, units: "m/s/s"),
            MAVLinkField("xgyro", .float, at: 40, units: "rad/s"),
            MAVLinkField("ygyro", .float, at: 44, units: "rad/s"),
            MAVLinkField("zgyro", .float, at: 48, units: "rad/s"),
            MAVLinkField("lat", .float, at: 52, units: "deg"),
            MAVLinkField("lon", .float, at: 56, units: "deg"),
            MAVLinkField("alt", .float, at: 60, units: "m"),
            MAVLinkField("std_dev_horz", .float, at: 64),
            MAVLinkField("std_dev_vert", .float, at: 68),
            MAVLinkField("vn", .float, at: 72, units: "m/s"),
            MAVLinkField("ve", .float, at: 76, units: "m/s"),
            MAVLinkField("vd", .float, at: 80, units: "m/s"),
            MAVLinkField("lat_int", .int32, at: 84, units: "degE7"),
            MAVLinkField("lon_int", .int32, at: 88, units: "degE7"),
        ])

    package static let radioStatus = MAVLinkMessage(
        id: 109, name: "RADIO_STATUS", crcExtra: 185, minimumLength: 9, length: 9,
        fields: [
            MAVLinkField("rxerrors", .uint16, at: 0),
            MAVLinkField("fixed", .uint16, at: 2),
            MAVLinkField("rssi", .uint8, at: 4),
            MAVLinkField("remrssi", .uint8, at: 5),
            MAVLinkField("txbuf", .uint8, at: 6, units: "%"),
            MAVLinkField("noise", .uint8, at: 7),
            MAVLinkField("remnoise", .uint8, at: 8),
        ])

    package static let fileTransferProtocol = MAVLinkMessage(
        id: 110, name: "FILE_TRANSFER_PROTOCOL", crcExtra: 84, minimumLength: 254, length: 254,
        fields: [
            MAVLinkField("target_network", .uint8, at: 0),
            MAVLinkField("target_system", .uint8, at: 1),
            MAVLinkField("target_component", .uint8, at: 2),
            MAVLinkField("payload", .uint8, at: 3, count: 251),
        ])

    package static let timesync = MAVLinkMessage(
        id: 111, name: "TIMESYNC", crcExtra: 34, minimumLength: 16, length: 16,
        fields: [
            MAVLinkField("tc1", .int64, at: 0, units: "ns"),
            MAVLinkField("ts1", .int64, at: 8, units: "ns"),
        ])

    package static let cameraTrigger = MAVLinkMessage(
        id: 112, name: "CAMERA_TRIGGER", crcExtra: 174, minimumLength: 12, length: 12,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("seq", .uint32, at: 8),
        ])

    package static let hilGps = MAVLinkMessage(
        id: 113, name: "HIL_GPS", crcExtra: 124, minimumLength: 36, length: 39,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("lat", .int32, at: 8, units: "degE7"),
            MAVLinkField("lon", .int32, at: 12, units: "degE7"),
            MAVLinkField("alt", .int32, at: 16, units: "mm"),
            MAVLinkField("eph", .uint16, at: 20),
            MAVLinkField("epv", .uint16, at: 22),
            MAVLinkField("vel", .uint16, at: 24, units: "cm/s"),
            MAVLinkField("vn", .int16, at: 26, units: "cm/s"),
            MAVLinkField("ve", .int16, at: 28, units: "cm/s"),
            MAVLinkField("vd", .int16, at: 30, units: "cm/s"),
            MAVLinkField("cog", .uint16, at: 32, units: "cdeg"),
            MAVLinkField("fix_type", .uint8, at: 34),
            MAVLinkField("satellites_visible", .uint8, at: 35),
            MAVLinkField("id", .uint8, at: 36),
            MAVLinkField("yaw", .uint16, at: 37, units: "cdeg"),
        ])

    package static let hilOpticalFlow = MAVLinkMessage(
        id: 114, name: "HIL_OPTICAL_FLOW", crcExtra: 237, minimumLength: 44, length: 44,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("integration_time_us", .uint32, at: 8, units: "us"),
            MAVLinkField("integrated_x", .float, at: 12, units: "rad"),
            MAVLinkField("integrated_y", .float, at: 16, units: "rad"),
            MAVLinkField("integrated_xgyro", .float, at: 20, units: "rad"),
            MAVLinkField("integrated_ygyro", .float, at: 24, units: "rad"),
            MAVLinkField("integrated_zgyro", .float, at: 28, units: "rad"),
            MAVLinkField("time_delta_distance_us", .uint32, at: 32, units: "us"),
            MAVLinkField("distance", .float, at: 36, units: "m"),
            MAVLinkField("temperature", .int16, at: 40, units: "cdegC"),
            MAVLinkField("sensor_id", .uint8, at: 42),
            MAVLinkField("quality", .uint8, at: 43),
        ])

    package static let hilStateQuaternion = MAVLinkMessage(
        id: 115, name: "HIL_STATE_QUATERNION", crcExtra: 4, minimumLength: 64, length: 64,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("attitude_quaternion", .float, at: 8, count: 4),
            MAVLinkField("rollspeed", .float, at: 24, units: "rad/s"),
            MAVLinkField("pitchspeed", .float, at: 28, units: "rad/s"),
            MAVLinkField("yawspeed", .float, at: 32, units: "rad/s"),
            MAVLinkField("lat", .int32, at: 36, units: "degE7"),
            MAVLinkField("lon", .int32, at: 40, units: "degE7"),
            MAVLinkField("alt", .int32, at: 44, units: "mm"),
            MAVLinkField("vx", .int16, at: 48, units: "cm/s"),
            MAVLinkField("vy", .int16, at: 50, units: "cm/s"),
            MAVLinkField("vz", .int16, at: 52, units: "cm/s"),
            MAVLinkField("ind_airspeed", .uint16, at: 54, units: "cm/s"),
            MAVLinkField("true_airspeed", .uint16, at: 56, units: "cm/s"),
            MAVLinkField("xacc", .int16, at: 58, units: "mG"),
            MAVLinkField("yacc", .int16, at: 60, units: "mG"),
            MAVLinkField("zacc", .int16, at: 62, units: "mG"),
        ])

    package static let scaledImu2 = MAVLinkMessage(
        id: 116, name: "SCALED_IMU2", crcExtra: 76, minimumLength: 22, length: 24,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("xacc", .int16, at: 4, units: "mG"),
            MAVLinkField("yacc", .int16, at: 6, units: "mG"),
            MAVLinkField("zacc", .int16, at: 8, units: "mG"),
            MAVLinkField("xgyro", .int16, at: 10, units: "mrad/s"),
            MAVLinkField("ygyro", .int16, at: 12, units: "mrad/s"),
            MAVLinkField("zgyro", .int16, at: 14, units: "mrad/s"),
            MAVLinkField("xmag", .int16, at: 16, units: "mgauss"),
            MAVLinkField("ymag", .int16, at: 18, units: "mgauss"),
            MAVLinkField("zmag", .int16, at: 20, units: "mgauss"),
            MAVLinkField("temperature", .int16, at: 22, units: "cdegC"),
        ])

    package static let logRequestList = MAVLinkMessage(
        id: 117, name: "LOG_REQUEST_LIST", crcExtra: 128, minimumLength: 6, length: 6,
        fields: [
            MAVLinkField("start", .uint16, at: 0),
            MAVLinkField("end", .uint16, at: 2),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("target_component", .uint8, at: 5),
        ])

    package static let logEntry = MAVLinkMessage(
        id: 118, name: "LOG_ENTRY", crcExtra: 56, minimumLength: 14, length: 14,
        fields: [
            MAVLinkField("time_utc", .uint32, at: 0, units: "s"),
            MAVLinkField("size", .uint32, at: 4, units: "bytes"),
            MAVLinkField("id", .uint16, at: 8),
            MAVLinkField("num_logs", .uint16, at: 10),
            MAVLinkField("last_log_num", .uint16, at: 12),
        ])

    package static let logRequestData = MAVLinkMessage(
        id: 119, name: "LOG_REQUEST_DATA", crcExtra: 116, minimumLength: 12, length: 12,
        fields: [
            MAVLinkField("ofs", .uint32, at: 0),
            MAVLinkField("count", .uint32, at: 4, units: "bytes"),
            MAVLinkField("id", .uint16, at: 8),
            MAVLinkField("target_system", .uint8, at: 10),
            MAVLinkField("target_component", .uint8, at: 11),
        ])

    package static let logData = MAVLinkMessage(
        id: 120, name: "LOG_DATA", crcExtra: 134, minimumLength: 97, length: 97,
        fields: [
            MAVLinkField("ofs", .uint32, at: 0),
            MAVLinkField("id", .uint16, at: 4),
            MAVLinkField("count", .uint8, at: 6, units: "bytes"),
            MAVLinkField("data", .uint8, at: 7, count: 90),
        ])

    package static let logErase = MAVLinkMessage(
        id: 121, name: "LOG_ERASE", crcExtra: 237, minimumLength: 2, length: 2,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
        ])

    package static let logRequestEnd = MAVLinkMessage(
        id: 122, name: "LOG_REQUEST_END", crcExtra: 203, minimumLength: 2, length: 2,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
        ])

    package static let gpsInjectData = MAVLinkMessage(
        id: 123, name: "GPS_INJECT_DATA", crcExtra: 250, minimumLength: 113, length: 113,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("len", .uint8, at: 2, units: "bytes"),
            MAVLinkField("data", .uint8, at: 3, count: 110),
        ])

    package static let gps2Raw = MAVLinkMessage(
        id: 124, name: "GPS2_RAW", crcExtra: 87, minimumLength: 35, length: 57,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("lat", .int32, at: 8, units: "degE7"),
            MAVLinkField("lon", .int32, at: 12, units: "degE7"),
            MAVLinkField("alt", .int32, at: 16, units: "mm"),
            MAVLinkField("dgps_age", .uint32, at: 20, units: "ms"),
            MAVLinkField("eph", .uint16, at: 24),
            MAVLinkField("epv", .uint16, at: 26),
            MAVLinkField("vel", .uint16, at: 28, units: "cm/s"),
            MAVLinkField("cog", .uint16, at: 30, units: "cdeg"),
            MAVLinkField("fix_type", .uint8, at: 32),
            MAVLinkField("satellites_visible", .uint8, at: 33),
            MAVLinkField("dgps_numch", .uint8, at: 34),
            MAVLinkField("yaw", .uint16, at: 35, units: "cdeg"),
            MAVLinkField("alt_ellipsoid", .int32, at: 37, units: "mm"),
            MAVLinkField("h_acc", .uint32, at: 41, units: "mm"),
            MAVLinkField("v_acc", .uint32, at: 45, units: "mm"),
            MAVLinkField("vel_acc", .uint32, at: 49, units: "mm/s"),
            MAVLinkField("hdg_acc", .uint32, at: 53, units: "degE5"),
        ])

    package static let powerStatus = MAVLinkMessage(
        id: 125, name: "POWER_STATUS", crcExtra: 203, minimumLength: 6, length: 6,
        fields: [
            MAVLinkField("Vcc", .uint16, at: 0, units: "mV"),
            MAVLinkField("Vservo", .uint16, at: 2, units: "mV"),
            MAVLinkField("flags", .uint16, at: 4),
        ])

    package static let serialControl = MAVLinkMessage(
        id: 126, name: "SERIAL_CONTROL", crcExtra: 220, minimumLength: 79, length: 79,
        fields: [
            MAVLinkField("baudrate", .uint32, at: 0, units: "bits/s"),
            MAVLinkField("timeout", .uint16, at: 4, units: "ms"),
            MAVLinkField("device", .uint8, at: 6),
            MAVLinkField("flags", .uint8, at: 7),
            MAVLinkField("count", .uint8, at: 8, units: "bytes"),
            MAVLinkField("data", .uint8, at: 9, count: 70),
        ])

    package static let gpsRtk = MAVLinkMessage(
        id: 127, name: "GPS_RTK", crcExtra: 25, minimumLength: 35, length: 35,
        fields: [
            MAVLinkField("time_last_baseline_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("tow", .uint32, at: 4, units: "ms"),
            MAVLinkField("baseline_a_mm", .int32, at: 8, units: "mm"),
            MAVLinkField("baseline_b_mm", .int32, at: 12, units: "mm"),
            MAVLinkField("baseline_c_mm", .int32, at: 16, units: "mm"),
            MAVLinkField("accuracy", .uint32, at: 20),
            MAVLinkField("iar_num_hypotheses", .int32, at: 24),
            MAVLinkField("wn", .uint16, at: 28),
            MAVLinkField("rtk_receiver_id", .uint8, at: 30),
            MAVLinkField("rtk_health", .uint8, at: 31),
            MAVLinkField("rtk_rate", .uint8, at: 32, units: "Hz"),
            MAVLinkField("nsats", .uint8, at: 33),
            MAVLinkField("baseline_coords_type", .uint8, at: 34),
        ])

    package static let gps2Rtk = MAVLinkMessage(
        id: 128, name: "GPS2_RTK", crcExtra: 226, minimumLength: 35, length: 35,
        fields: [
            MAVLinkField("time_last_baseline_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("tow", .uint32, at: 4, units: "ms"),
            MAVLinkField("baseline_a_mm", .int32, at: 8, units: "mm"),
            MAVLinkField("baseline_b_mm", .int32, at: 12, units: "mm"),
            MAVLinkField("baseline_c_mm", .int32, at: 16, units: "mm"),
            MAVLinkField("accuracy", .uint32, at: 20),
            MAVLinkField("iar_num_hypotheses", .int32, at: 24),
            MAVLinkField("wn", .uint16, at: 28),
            MAVLinkField("rtk_receiver_id", .uint8, at: 30),
            MAVLinkField("rtk_health", .uint8, at: 31),
            MAVLinkField("rtk_rate", .uint8, at: 32, units: "Hz"),
            MAVLinkField("nsats", .uint8, at: 33),
            MAVLinkField("baseline_coords_type", .uint8, at: 34),
        ])

    package static let scaledImu3 = MAVLinkMessage(
        id: 129, name: "SCALED_IMU3", crcExtra: 46, minimumLength: 22, length: 24,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("xacc", .int16, at: 4, units: "mG"),
            MAVLinkField("yacc", .int16, at: 6, units: "mG"),
            MAVLinkField("zacc", .int16, at: 8, units: "mG"),
            MAVLinkField("xgyro", .int16, at: 10, units: "mrad/s"),
            MAVLinkField("ygyro", .int16, at: 12, units: "mrad/s"),
            MAVLinkField("zgyro", .int16, at: 14, units: "mrad/s"),
            MAVLinkField("xmag", .int16, at: 16, units: "mgauss"),
            MAVLinkField("ymag", .int16, at: 18, units: "mgauss"),
            MAVLinkField("zmag", .int16, at: 20, units: "mgauss"),
            MAVLinkField("temperature", .int16, at: 22, units: "cdegC"),
        ])

    package static let dataTransmissionHandshake = MAVLinkMessage(
        id: 130, name: "DATA_TRANSMISSION_HANDSHAKE", crcExtra: 29, minimumLength: 13, length: 13,
        fields: [
            MAVLinkField("size", .uint32, at: 0, units: "bytes"),
            MAVLinkField("width", .uint16, at: 4),
            MAVLinkField("height", .uint16, at: 6),
            MAVLinkField("packets", .uint16, at: 8),
            MAVLinkField("type", .uint8, at: 10),
            MAVLinkField("payload", .uint8, at: 11, units: "bytes"),
            MAVLinkField("jpg_quality", .uint8, at: 12, units: "%"),
        ])

    package static let encapsulatedData = MAVLinkMessage(
        id: 131, name: "ENCAPSULATED_DATA", crcExtra: 223, minimumLength: 255, length: 255,
        fields: [
            MAVLinkField("seqnr", .uint16, at: 0),
            MAVLinkField("data", .uint8, at: 2, count: 253),
        ])

    package static let distanceSensor = MAVLinkMessage(
        id: 132, name: "DISTANCE_SENSOR", crcExtra: 85, minimumLength: 14, length: 39,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("min_distance", .uint16, at: 4, units: "cm"),
            MAVLinkField("max_distance", .uint16, at: 6, units: "cm"),
            MAVLinkField("current_distance", .uint16, at: 8, units: "cm"),
            MAVLinkField("type", .uint8, at: 10),
            MAVLinkField("id", .uint8, at: 11),
            MAVLinkField("orientation", .uint8, at: 12),
            MAVLinkField("covariance", .uint8, at: 13, units: "cm^2"),
            MAVLinkField("horizontal_fov", .float, at: 14, units: "rad"),
            MAVLinkField("vertical_fov", .float, at: 18, units: "rad"),
            MAVLinkField("quaternion", .float, at: 22, count: 4),
            MAVLinkField("signal_quality", .uint8, at: 38, units: "%"),
        ])

    package static let terrainRequest = MAVLinkMessage(
        id: 133, name: "TERRAIN_REQUEST", crcExtra: 6, minimumLength: 18, length: 18,
        fields: [
            MAVLinkField("mask", .uint64, at: 0),
            MAVLinkField("lat", .int32, at: 8, units: "degE7"),
            MAVLinkField("lon", .int32, at: 12, units: "degE7"),
            MAVLinkField("grid_spacing", .uint16, at: 16, units: "m"),
        ])

    package static let terrainData = MAVLinkMessage(
        id: 134, name: "TERRAIN_DATA", crcExtra: 229, minimumLength: 43, length: 43,
        fields: [
            MAVLinkField("lat", .int32, at: 0, units: "degE7"),
            MAVLinkField("lon", .int32, at: 4, units: "degE7"),
            MAVLinkField("grid_spacing", .uint16, at: 8, units: "m"),
            MAVLinkField("data", .int16, at: 10, count: 16, units: "m"),
            MAVLinkField("gridbit", .uint8, at: 42),
        ])

    package static let terrainCheck = MAVLinkMessage(
        id: 135, name: "TERRAIN_CHECK", crcExtra: 203, minimumLength: 8, length: 8,
        fields: [
            MAVLinkField("lat", .int32, at: 0, units: "degE7"),
            MAVLinkField("lon", .int32, at: 4, units: "degE7"),
        ])

    package static let terrainReport = MAVLinkMessage(
        id: 136, name: "TERRAIN_REPORT", crcExtra: 1, minimumLength: 22, length: 22,
        fields: [
            MAVLinkField("lat", .int32, at: 0, units: "degE7"),
            MAVLinkField("lon", .int32, at: 4, units: "degE7"),
            MAVLinkField("terrain_height", .float, at: 8, units: "m"),
            MAVLinkField("current_height", .float, at: 12, units: "m"),
            MAVLinkField("spacing", .uint16, at: 16),
            MAVLinkField("pending", .uint16, at: 18),
            MAVLinkField("loaded", .uint16, at: 20),
        ])

    package static let scaledPressure2 = MAVLinkMessage(
        id: 137, name: "SCALED_PRESSURE2", crcExtra: 195, minimumLength: 14, length: 16,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("press_abs", .float, at: 4, units: "hPa"),
            MAVLinkField("press_diff", .float, at: 8, units: "hPa"),
            MAVLinkField("temperature", .int16, at: 12, units: "cdegC"),
            MAVLinkField("temperature_press_diff", .int16, at: 14, units: "cdegC"),
        ])

    package static let attPosMocap = MAVLinkMessage(
        id: 138, name: "ATT_POS_MOCAP", crcExtra: 109, minimumLength: 36, length: 120,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("q", .float, at: 8, count: 4),
            MAVLinkField("x", .float, at: 24, units: "m"),
            MAVLinkField("y", .float, at: 28, units: "m"),
            MAVLinkField("z", .float, at: 32, units: "m"),
            MAVLinkField("covariance", .float, at: 36, count: 21),
        ])

    package static let setActuatorControlTarget = MAVLinkMessage(
        id: 139, name: "SET_ACTUATOR_CONTROL_TARGET", crcExtra: 168, minimumLength: 43, length: 43,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("controls", .float, at: 8, count: 8),
            MAVLinkField("group_mlx", .uint8, at: 40),
            MAVLinkField("target_system", .uint8, at: 41),
            MAVLinkField("target_component", .uint8, at: 42),
        ])

    package static let actuatorControlTarget = MAVLinkMessage(
        id: 140, name: "ACTUATOR_CONTROL_TARGET", crcExtra: 181, minimumLength: 41, length: 41,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("controls", .float, at: 8, count: 8),
            MAVLinkField("group_mlx", .uint8, at: 40),
        ])

    package static let altitude = MAVLinkMessage(
        id: 141, name: "ALTITUDE", crcExtra: 47, minimumLength: 32, length: 32,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("altitude_monotonic", .float, at: 8, units: "m"),
            MAVLinkField("altitude_amsl", .float, at: 12, units: "m"),
            MAVLinkField("altitude_local", .float, at: 16, units: "m"),
            MAVLinkField("altitude_relative", .float, at: 20, units: "m"),
            MAVLinkField("altitude_terrain", .float, at: 24, units: "m"),
            MAVLinkField("bottom_clearance", .float, at: 28, units: "m"),
        ])

    package static let resourceRequest = MAVLinkMessage(
        id: 142, name: "RESOURCE_REQUEST", crcExtra: 72, minimumLength: 243, length: 243,
        fields: [
            MAVLinkField("request_id", .uint8, at: 0),
            MAVLinkField("uri_type", .uint8, at: 1),
            MAVLinkField("uri", .uint8, at: 2, count: 120),
            MAVLinkField("transfer_type", .uint8, at: 122),
            MAVLinkField("storage", .uint8, at: 123, count: 120),
        ])

    package static let scaledPressure3 = MAVLinkMessage(
        id: 143, name: "SCALED_PRESSURE3", crcExtra: 131, minimumLength: 14, length: 16,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("press_abs", .float, at: 4, units: "hPa"),
            MAVLinkField("press_diff", .float, at: 8, units: "hPa"),
            MAVLinkField("temperature", .int16, at: 12, units: "cdegC"),
            MAVLinkField("temperature_press_diff", .int16, at: 14, units: "cdegC"),
        ])

    package static let followTarget = MAVLinkMessage(
        id: 144, name: "FOLLOW_TARGET", crcExtra: 127, minimumLength: 93, length: 93,
        fields: [
            MAVLinkField("timestamp", .uint64, at: 0, units: "ms"),
            MAVLinkField("custom_state", .uint64, at: 8),
            MAVLinkField("lat", .int32, at: 16, units: "degE7"),
            MAVLinkField("lon", .int32, at: 20, units: "degE7"),
            MAVLinkField("alt", .float, at: 24, units: "m"),
            MAVLinkField("vel", .float, at: 28, count: 3, units: "m/s"),
            MAVLinkField("acc", .float, at: 40, count: 3, units: "m/s/s"),
            MAVLinkField("attitude_q", .float, at: 52, count: 4),
            MAVLinkField("rates", .float, at: 68, count: 3),
            MAVLinkField("position_cov", .float, at: 80, count: 3),
            MAVLinkField("est_capabilities", .uint8, at: 92),
        ])

    package static let controlSystemState = MAVLinkMessage(
        id: 146, name: "CONTROL_SYSTEM_STATE", crcExtra: 103, minimumLength: 100, length: 100,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x_acc", .float, at: 8, units: "m/s/s"),
            MAVLinkField("y_acc", .float, at: 12, units: "m/s/s"),
            MAVLinkField("z_acc", .float, at: 16, units: "m/s/s"),
            MAVLinkField("x_vel", .float, at: 20, units: "m/s"),
            MAVLinkField("y_vel", .float, at: 24, units: "m/s"),
            MAVLinkField("z_vel", .float, at: 28, units: "m/s"),
            MAVLinkField("x_pos", .float, at: 32, units: "m"),
            MAVLinkField("y_pos", .float, at: 36, units: "m"),
            MAVLinkField("z_pos", .float, at: 40, units: "m"),
            MAVLinkField("airspeed", .float, at: 44, units: "m/s"),
            MAVLinkField("vel_variance", .float, at: 48, count: 3),
            MAVLinkField("pos_variance", .float, at: 60, count: 3),
            MAVLinkField("q", .float, at: 72, count: 4),
            MAVLinkField("roll_rate", .float, at: 88, units: "rad/s"),
            MAVLinkField("pitch_rate", .float, at: 92, units: "rad/s"),
            MAVLinkField("yaw_rate", .float, at: 96, units: "rad/s"),
        ])

    package static let batteryStatus = MAVLinkMessage(
        id: 147, name: "BATTERY_STATUS", crcExtra: 154, minimumLength: 36, length: 54,
        fields: [
            MAVLinkField("current_consumed", .int32, at: 0, units: "mAh"),
            MAVLinkField("energy_consumed", .int32, at: 4, units: "hJ"),
            MAVLinkField("temperature", .int16, at: 8, units: "cdegC"),
            MAVLinkField("voltages", .uint16, at: 10, count: 10, units: "mV"),
            MAVLinkField("current_battery", .int16, at: 30, units: "cA"),
            MAVLinkField("id", .uint8, at: 32),
            MAVLinkField("battery_function", .uint8, at: 33),
            MAVLinkField("type", .uint8, at: 34),
            MAVLinkField("battery_remaining", .int8, at: 35, units: "%"),
            MAVLinkField("time_remaining", .int32, at: 36, units: "s"),
            MAVLinkField("charge_state", .uint8, at: 40),
            MAVLinkField("voltages_ext", .uint16, at: 41, count: 4, units: "mV"),
            MAVLinkField("mode", .uint8, at: 49),
            MAVLinkField("fault_bitmask", .uint32, at: 50),
        ])

    package static let autopilotVersion = MAVLinkMessage(
        id: 148, name: "AUTOPILOT_VERSION", crcExtra: 178, minimumLength: 60, length: 78,
        fields: [
            MAVLinkField("capabilities", .uint64, at: 0),
            MAVLinkField("uid", .uint64, at: 8),
            MAVLinkField("flight_sw_version", .uint32, at: 16),
            MAVLinkField("middleware_sw_version", .uint32, at: 20),
            MAVLinkField("os_sw_version", .uint32, at: 24),
            MAVLinkField("board_version", .uint32, at: 28),
            MAVLinkField("vendor_id", .uint16, at: 32),
            MAVLinkField("product_id", .uint16, at: 34),
            MAVLinkField("flight_custom_version", .uint8, at: 36, count: 8),
            MAVLinkField("middleware_custom_version", .uint8, at: 44, count: 8),
            MAVLinkField("os_custom_version", .uint8, at: 52, count: 8),
            MAVLinkField("uid2", .uint8, at: 60, count: 18),
        ])

    package static let landingTarget = MAVLinkMessage(
        id: 149, name: "LANDING_TARGET", crcExtra: 200, minimumLength: 30, length: 60,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("angle_x", .float, at: 8, units: "rad"),
            MAVLinkField("angle_y", .float, at: 12, units: "rad"),
            MAVLinkField("distance", .float, at: 16, units: "m"),
            MAVLinkField("size_x", .float, at: 20, units: "rad"),
            MAVLinkField("size_y", .float, at: 24, units: "rad"),
            MAVLinkField("target_num", .uint8, at: 28),
            MAVLinkField("frame", .uint8, at: 29),
            MAVLinkField("x", .float, at: 30, units: "m"),
            MAVLinkField("y", .float, at: 34, units: "m"),
            MAVLinkField("z", .float, at: 38, units: "m"),
            MAVLinkField("q", .float, at: 42, count: 4),
            MAVLinkField("type", .uint8, at: 58),
            MAVLinkField("position_valid", .uint8, at: 59),
        ])

    package static let fenceStatus = MAVLinkMessage(
        id: 162, name: "FENCE_STATUS", crcExtra: 189, minimumLength: 8, length: 9,
        fields: [
            MAVLinkField("breach_time", .uint32, at: 0, units: "ms"),
            MAVLinkField("breach_count", .uint16, at: 4),
            MAVLinkField("breach_status", .uint8, at: 6),
            MAVLinkField("breach_type", .uint8, at: 7),
            MAVLinkField("breach_mitigation", .uint8, at: 8),
        ])

    package static let magCalReport = MAVLinkMessage(
        id: 192, name: "MAG_CAL_REPORT", crcExtra: 36, minimumLength: 44, length: 54,
        fields: [
            MAVLinkField("fitness", .float, at: 0, units: "mgauss"),
            MAVLinkField("ofs_x", .float, at: 4),
            MAVLinkField("ofs_y", .float, at: 8),
            MAVLinkField("ofs_z", .float, at: 12),
            MAVLinkField("diag_x", .float, at: 16),
            MAVLinkField("diag_y", .float, at: 20),
            MAVLinkField("diag_z", .float, at: 24),
            MAVLinkField("offdiag_x", .float, at: 28),
            MAVLinkField("offdiag_y", .float, at: 32),
            MAVLinkField("offdiag_z", .float, at: 36),
            MAVLinkField("compass_id", .uint8, at: 40),
            MAVLinkField("cal_mask", .uint8, at: 41),
            MAVLinkField("cal_status", .uint8, at: 42),
            MAVLinkField("autosaved", .uint8, at: 43),
            MAVLinkField("orientation_confidence", .float, at: 44),
            MAVLinkField("old_orientation", .uint8, at: 48),
            MAVLinkField("new_orientation", .uint8, at: 49),
            MAVLinkField("scale_factor", .float, at: 50),
        ])

    package static let efiStatus = MAVLinkMessage(
        id: 225, name: "EFI_STATUS", crcExtra: 208, minimumLength: 65, length: 73,
        fields: [
            MAVLinkField("ecu_index", .float, at: 0),
            MAVLinkField("rpm", .float, at: 4),
            MAVLinkField("fuel_consumed", .float, at: 8, units: "cm^3"),
            MAVLinkField("fuel_flow", .float, at: 12, units: "cm^3/min"),
            MAVLinkField("engine_load", .float, at: 16, units: "%"),
            MAVLinkField("throttle_position", .float, at: 20, units: "%"),
            MAVLinkField("spark_dwell_time", .float, at: 24, units: "ms"),
            MAVLinkField("barometric_pressure", .float, at: 28, units: "kPa"),
            MAVLinkField("intake_manifold_pressure", .float, at: 32, units: "kPa"),
            MAVLinkField("intake_manifold_temperature", .float, at: 36, units: "degC"),
            MAVLinkField("cylinder_head_temperature", .float, at: 40, units: "degC"),
            MAVLinkField("ignition_timing", .float, at: 44, units: "deg"),
            MAVLinkField("injection_time", .float, at: 48, units: "ms"),
            MAVLinkField("exhaust_gas_temperature", .float, at: 52, units: "degC"),
            MAVLinkField("throttle_out", .float, at: 56, units: "%"),
            MAVLinkField("pt_compensation", .float, at: 60),
            MAVLinkField("health", .uint8, at: 64),
            MAVLinkField("ignition_voltage", .float, at: 65, units: "V"),
            MAVLinkField("fuel_pressure", .float, at: 69, units: "kPa"),
        ])

    package static let estimatorStatus = MAVLinkMessage(
        id: 230, name: "ESTIMATOR_STATUS", crcExtra: 163, minimumLength: 42, length: 42,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("vel_ratio", .float, at: 8),
            MAVLinkField("pos_horiz_ratio", .float, at: 12),
            MAVLinkField("pos_vert_ratio", .float, at: 16),
            MAVLinkField("mag_ratio", .float, at: 20),
            MAVLinkField("hagl_ratio", .float, at: 24),
            MAVLinkField("tas_ratio", .float, at: 28),
            MAVLinkField("pos_horiz_accuracy", .float, at: 32, units: "m"),
            MAVLinkField("pos_vert_accuracy", .float, at: 36, units: "m"),
            MAVLinkField("flags", .uint16, at: 40),
        ])

    package static let windCov = MAVLinkMessage(
        id: 231, name: "WIND_COV", crcExtra: 105, minimumLength: 40, length: 40,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("wind_x", .float, at: 8, units: "m/s"),
            MAVLinkField("wind_y", .float, at: 12, units: "m/s"),
            MAVLinkField("wind_z", .float, at: 16, units: "m/s"),
            MAVLinkField("var_horiz", .float, at: 20, units: "m/s"),
            MAVLinkField("var_vert", .float, at: 24, units: "m/s"),
            MAVLinkField("wind_alt", .float, at: 28, units: "m"),
            MAVLinkField("horiz_accuracy", .float, at: 32, units: "m/s"),
            MAVLinkField("vert_accuracy", .float, at: 36, units: "m/s"),
        ])

    package static let gpsInput = MAVLinkMessage(
        id: 232, name: "GPS_INPUT", crcExtra: 151, minimumLength: 63, length: 65,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("time_week_ms", .uint32, at: 8, units: "ms"),
            MAVLinkField("lat", .int32, at: 12, units: "degE7"),
            MAVLinkField("lon", .int32, at: 16, units: "degE7"),
            MAVLinkField("alt", .float, at: 20, units: "m"),
            MAVLinkField("hdop", .float, at: 24),
            MAVLinkField("vdop", .float, at: 28),
            MAVLinkField("vn", .float, at: 32, units: "m/s"),
            MAVLinkField("ve", .float, at: 36, units: "m/s"),
            MAVLinkField("vd", .float, at: 40, units: "m/s"),
            MAVLinkField("speed_accuracy", .float, at: 44, units: "m/s"),
            MAVLinkField("horiz_accuracy", .float, at: 48, units: "m"),
            MAVLinkField("vert_accuracy", .float, at: 52, units: "m"),
            MAVLinkField("ignore_flags", .uint16, at: 56),
            MAVLinkField("time_week", .uint16, at: 58),
            MAVLinkField("gps_id", .uint8, at: 60),
            MAVLinkField("fix_type", .uint8, at: 61),
            MAVLinkField("satellites_visible", .uint8, at: 62),
            MAVLinkField("yaw", .uint16, at: 63, units: "cdeg"),
        ])

    package static let gpsRtcmData = MAVLinkMessage(
        id: 233, name: "GPS_RTCM_DATA", crcExtra: 35, minimumLength: 182, length: 182,
        fields: [
            MAVLinkField("flags", .uint8, at: 0),
            MAVLinkField("len", .uint8, at: 1, units: "bytes"),
            MAVLinkField("data", .uint8, at: 2, count: 180),
        ])

    package static let highLatency = MAVLinkMessage(
        id: 234, name: "HIGH_LATENCY", crcExtra: 150, minimumLength: 40, length: 40,
        fields: [
            MAVLinkField("custom_mode", .uint32, at: 0),
            MAVLinkField("latitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("longitude", .int32, at: 8, units: "degE7"),
            MAVLinkField("roll", .int16, at: 12, units: "cdeg"),
            MAVLinkField("pitch", .int16, at: 14, units: "cdeg"),
            MAVLinkField("heading", .uint16, at: 16, units: "cdeg"),
            MAVLinkField("heading_sp", .int16, at: 18, units: "cdeg"),
            MAVLinkField("altitude_amsl", .int16, at: 20, units: "m"),
            MAVLinkField("altitude_sp", .int16, at: 22, units: "m"),
            MAVLinkField("wp_distance", .uint16, at: 24, units: "m"),
            MAVLinkField("base_mode", .uint8, at: 26),
            MAVLinkField("landed_state", .uint8, at: 27),
            MAVLinkField("throttle", .int8, at: 28, units: "%"),
            MAVLinkField("airspeed", .uint8, at: 29, units: "m/s"),
            MAVLinkField("airspeed_sp", .uint8, at: 30, units: "m/s"),
            MAVLinkField("groundspeed", .uint8, at: 31, units: "m/s"),
            MAVLinkField("climb_rate", .int8, at: 32, units: "m/s"),
            MAVLinkField("gps_nsat", .uint8, at: 33),
            MAVLinkField("gps_fix_type", .uint8, at: 34),
            MAVLinkField("battery_remaining", .uint8, at: 35, units: "%"),
            MAVLinkField("temperature", .int8, at: 36, units: "degC"),
            MAVLinkField("temperature_air", .int8, at: 37, units: "degC"),
            MAVLinkField("failsafe", .uint8, at: 38),
            MAVLinkField("wp_num", .uint8, at: 39),
        ])

    package static let highLatency2 = MAVLinkMessage(
        id: 235, name: "HIGH_LATENCY2", crcExtra: 179, minimumLength: 42, length: 42,
        fields: [
            MAVLinkField("timestamp", .uint32, at: 0, units: "ms"),
            MAVLinkField("latitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("longitude", .int32, at: 8, units: "degE7"),
            MAVLinkField("custom_mode", .uint16, at: 12),
            MAVLinkField("altitude", .int16, at: 14, units: "m"),
            MAVLinkField("target_altitude", .int16, at: 16, units: "m"),
            MAVLinkField("target_distance", .uint16, at: 18, units: "dam"),
            MAVLinkField("wp_num", .uint16, at: 20),
            MAVLinkField("failure_flags", .uint16, at: 22),
            MAVLinkField("type", .uint8, at: 24),
            MAVLinkField("autopilot", .uint8, at: 25),
            MAVLinkField("heading", .uint8, at: 26, units: "deg/2"),
            MAVLinkField("target_heading", .uint8, at: 27, units: "deg/2"),
            MAVLinkField("throttle", .uint8, at: 28, units: "%"),
            MAVLinkField("airspeed", .uint8, at: 29, units: "m/s*5"),
            MAVLinkField("airspeed_sp", .uint8, at: 30, units: "m/s*5"),
            MAVLinkField("groundspeed", .uint8, at: 31, units: "m/s*5"),
            MAVLinkField("windspeed", .uint8, at: 32, units: "m/s*5"),
            MAVLinkField("wind_heading", .uint8, at: 33, units: "deg/2"),
            MAVLinkField("eph", .uint8, at: 34, units: "dm"),
            MAVLinkField("epv", .uint8, at: 35, units: "dm"),
            MAVLinkField("temperature_air", .int8, at: 36, units: "degC"),
            MAVLinkField("climb_rate", .int8, at: 37, units: "dm/s"),
            MAVLinkField("battery", .int8, at: 38, units: "%"),
            MAVLinkField("custom0", .int8, at: 39),
            MAVLinkField("custom1", .int8, at: 40),
            MAVLinkField("custom2", .int8, at: 41),
        ])

    package static let vibration = MAVLinkMessage(
        id: 241, name: "VIBRATION", crcExtra: 90, minimumLength: 32, length: 32,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("vibration_x", .float, at: 8),
            MAVLinkField("vibration_y", .float, at: 12),
            MAVLinkField("vibration_z", .float, at: 16),
            MAVLinkField("clipping_0", .uint32, at: 20),
            MAVLinkField("clipping_1", .uint32, at: 24),
            MAVLinkField("clipping_2", .uint32, at: 28),
        ])

    package static let homePosition = MAVLinkMessage(
        id: 242, name: "HOME_POSITION", crcExtra: 104, minimumLength: 52, length: 60,
        fields: [
            MAVLinkField("latitude", .int32, at: 0, units: "degE7"),
            MAVLinkField("longitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("altitude", .int32, at: 8, units: "mm"),
            MAVLinkField("x", .float, at: 12, units: "m"),
            MAVLinkField("y", .float, at: 16, units: "m"),
            MAVLinkField("z", .float, at: 20, units: "m"),
            MAVLinkField("q", .float, at: 24, count: 4),
            MAVLinkField("approach_x", .float, at: 40, units: "m"),
            MAVLinkField("approach_y", .float, at: 44, units: "m"),
            MAVLinkField("approach_z", .float, at: 48, units: "m"),
            MAVLinkField("time_usec", .uint64, at: 52, units: "us"),
        ])

    package static let setHomePosition = MAVLinkMessage(
        id: 243, name: "SET_HOME_POSITION", crcExtra: 85, minimumLength: 53, length: 61,
        fields: [
            MAVLinkField("latitude", .int32, at: 0, units: "degE7"),
            MAVLinkField("longitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("altitude", .int32, at: 8, units: "mm"),
            MAVLinkField("x", .float, at: 12, units: "m"),
            MAVLinkField("y", .float, at: 16, units: "m"),
            MAVLinkField("z", .float, at: 20, units: "m"),
            MAVLinkField("q", .float, at: 24, count: 4),
            MAVLinkField("approach_x", .float, at: 40, units: "m"),
            MAVLinkField("approach_y", .float, at: 44, units: "m"),
            MAVLinkField("approach_z", .float, at: 48, units: "m"),
            MAVLinkField("target_system", .uint8, at: 52),
            MAVLinkField("time_usec", .uint64, at: 53, units: "us"),
        ])

    package static let messageInterval = MAVLinkMessage(
        id: 244, name: "MESSAGE_INTERVAL", crcExtra: 95, minimumLength: 6, length: 6,
        fields: [
            MAVLinkField("interval_us", .int32, at: 0, units: "us"),
            MAVLinkField("message_id", .uint16, at: 4),
        ])

    package static let extendedSysState = MAVLinkMessage(
        id: 245, name: "EXTENDED_SYS_STATE", crcExtra: 130, minimumLength: 2, length: 2,
        fields: [
            MAVLinkField("vtol_state", .uint8, at: 0),
            MAVLinkField("landed_state", .uint8, at: 1),
        ])

    package static let adsbVehicle = MAVLinkMessage(
        id: 246, name: "ADSB_VEHICLE", crcExtra: 184, minimumLength: 38, length: 38,
        fields: [
            MAVLinkField("ICAO_address", .uint32, at: 0),
            MAVLinkField("lat", .int32, at: 4, units: "degE7"),
            MAVLinkField("lon", .int32, at: 8, units: "degE7"),
            MAVLinkField("altitude", .int32, at: 12, units: "mm"),
            MAVLinkField("heading", .uint16, at: 16, units: "cdeg"),
            MAVLinkField("hor_velocity", .uint16, at: 18, units: "cm/s"),
            MAVLinkField("ver_velocity", .int16, at: 20, units: "cm/s"),
            MAVLinkField("flags", .uint16, at: 22),
            MAVLinkField("squawk", .uint16, at: 24),
            MAVLinkField("altitude_type", .uint8, at: 26),
            MAVLinkField("callsign", .char, at: 27, count: 9),
            MAVLinkField("emitter_type", .uint8, at: 36),
            MAVLinkField("tslc", .uint8, at: 37, units: "s"),
        ])

    package static let collision = MAVLinkMessage(
        id: 247, name: "COLLISION", crcExtra: 81, minimumLength: 19, length: 19,
        fields: [
            MAVLinkField("id", .uint32, at: 0),
            MAVLinkField("time_to_minimum_delta", .float, at: 4, units: "s"),
            MAVLinkField("altitude_minimum_delta", .float, at: 8, units: "m"),
            MAVLinkField("horizontal_minimum_delta", .float, at: 12, units: "m"),
            MAVLinkField("src", .uint8, at: 16),
            MAVLinkField("action", .uint8, at: 17),
            MAVLinkField("threat_level", .uint8, at: 18),
        ])

    package static let v2Extension = MAVLinkMessage(
        id: 248, name: "V2_EXTENSION", crcExtra: 8, minimumLength: 254, length: 254,
        fields: [
            MAVLinkField("message_type", .uint16, at: 0),
            MAVLinkField("target_network", .uint8, at: 2),
            MAVLinkField("target_system", .uint8, at: 3),
            MAVLinkField("target_component", .uint8, at: 4),
            MAVLinkField("payload", .uint8, at: 5, count: 249),
        ])

    package static let memoryVect = MAVLinkMessage(
        id: 249, name: "MEMORY_VECT", crcExtra: 204, minimumLength: 36, length: 36,
        fields: [
            MAVLinkField("address", .uint16, at: 0),
            MAVLinkField("ver", .uint8, at: 2),
            MAVLinkField("type", .uint8, at: 3),
            MAVLinkField("value", .int8, at: 4, count: 32),
        ])

    package static let debugVect = MAVLinkMessage(
        id: 250, name: "DEBUG_VECT", crcExtra: 49, minimumLength: 30, length: 30,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x", .float, at: 8),
            MAVLinkField("y", .float, at: 12),
            MAVLinkField("z", .float, at: 16),
            MAVLinkField("name", .char, at: 20, count: 10),
        ])

    package static let namedValueFloat = MAVLinkMessage(
        id: 251, name: "NAMED_VALUE_FLOAT", crcExtra: 170, minimumLength: 18, length: 18,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("value", .float, at: 4),
            MAVLinkField("name", .char, at: 8, count: 10),
        ])

    package static let namedValueInt = MAVLinkMessage(
        id: 252, name: "NAMED_VALUE_INT", crcExtra: 44, minimumLength: 18, length: 18,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("value", .int32, at: 4),
            MAVLinkField("name", .char, at: 8, count: 10),
        ])

    package static let statustext = MAVLinkMessage(
        id: 253, name: "STATUSTEXT", crcExtra: 83, minimumLength: 51, length: 54,
        fields: [
            MAVLinkField("severity", .uint8, at: 0),
            MAVLinkField("text", .char, at: 1, count: 50),
            MAVLinkField("id", .uint16, at: 51),
            MAVLinkField("chunk_seq", .uint8, at: 53),
        ])

    package static let debug = MAVLinkMessage(
        id: 254, name: "DEBUG", crcExtra: 46, minimumLength: 9, length: 9,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("value", .float, at: 4),
            MAVLinkField("ind", .uint8, at: 8),
        ])

    package static let setupSigning = MAVLinkMessage(
        id: 256, name: "SETUP_SIGNING", crcExtra: 71, minimumLength: 42, length: 42,
        fields: [
            MAVLinkField("initial_timestamp", .uint64, at: 0),
            MAVLinkField("target_system", .uint8, at: 8),
            MAVLinkField("target_component", .uint8, at: 9),
            MAVLinkField("secret_key", .uint8, at: 10, count: 32),
        ])

    package static let buttonChange = MAVLinkMessage(
        id: 257, name: "BUTTON_CHANGE", crcExtra: 131, minimumLength: 9, length: 9,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("last_change_ms", .uint32, at: 4, units: "ms"),
            MAVLinkField("state", .uint8, at: 8),
        ])

    package static let playTune = MAVLinkMessage(
        id: 258, name: "PLAY_TUNE", crcExtra: 187, minimumLength: 32, length: 232,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("tune", .char, at: 2, count: 30),
            MAVLinkField("tune2", .char, at: 32, count: 200),
        ])

    package static let cameraInformation = MAVLinkMessage(
        id: 259, name: "CAMERA_INFORMATION", crcExtra: 92, minimumLength: 235, length: 237,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("firmware_version", .uint32, at: 4),
            MAVLinkField("focal_length", .float, at: 8, units: "mm"),
            MAVLinkField("sensor_size_h", .float, at: 12, units: "mm"),
            MAVLinkField("sensor_size_v", .float, at: 16, units: "mm"),
            MAVLinkField("flags", .uint32, at: 20),
            MAVLinkField("resolution_h", .uint16, at: 24, units: "pix"),
            MAVLinkField("resolution_v", .uint16, at: 26, units: "pix"),
            MAVLinkField("cam_definition_version", .uint16, at: 28),
            MAVLinkField("vendor_name", .uint8, at: 30, count: 32),
            MAVLinkField("model_name", .uint8, at: 62, count: 32),
            MAVLinkField("lens_id", .uint8, at: 94),
            MAVLinkField("cam_definition_uri", .char, at: 95, count: 140),
            MAVLinkField("gimbal_device_id", .uint8, at: 235),
            MAVLinkField("camera_device_id", .uint8, at: 236),
        ])

    package static let cameraSettings = MAVLinkMessage(
        id: 260, name: "CAMERA_SETTINGS", crcExtra: 146, minimumLength: 5, length: 14,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("mode_id", .uint8, at: 4),
            MAVLinkField("zoomLevel", .float, at: 5),
            MAVLinkField("focusLevel", .float, at: 9),
            MAVLinkField("camera_device_id", .uint8, at: 13),
        ])

    package static let storageInformation = MAVLinkMessage(
        id: 261, name: "STORAGE_INFORMATION", crcExtra: 179, minimumLength: 27, length: 61,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("total_capacity", .float, at: 4, units: "MiB"),
            MAVLinkField("used_capacity", .float, at: 8, units: "MiB"),
            MAVLinkField("available_capacity", .float, at: 12, units: "MiB"),
            MAVLinkField("read_speed", .float, at: 16, units: "MiB/s"),
            MAVLinkField("write_speed", .float, at: 20, units: "MiB/s"),
            MAVLinkField("storage_id", .uint8, at: 24),
            MAVLinkField("storage_count", .uint8, at: 25),
            MAVLinkField("status", .uint8, at: 26),
            MAVLinkField("type", .uint8, at: 27),
            MAVLinkField("name", .char, at: 28, count: 32),
            MAVLinkField("storage_usage", .uint8, at: 60),
        ])

    package static let cameraCaptureStatus = MAVLinkMessage(
        id: 262, name: "CAMERA_CAPTURE_STATUS", crcExtra: 12, minimumLength: 18, length: 23,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("image_interval", .float, at: 4, units: "s"),
            MAVLinkField("recording_time_ms", .uint32, at: 8, units: "ms"),
            MAVLinkField("available_capacity", .float, at: 12, units: "MiB"),
            MAVLinkField("image_status", .uint8, at: 16),
            MAVLinkField("video_status", .uint8, at: 17),
            MAVLinkField("image_count", .int32, at: 18),
            MAVLinkField("camera_device_id", .uint8, at: 22),
        ])

    package static let cameraImageCaptured = MAVLinkMessage(
        id: 263, name: "CAMERA_IMAGE_CAPTURED", crcExtra: 133, minimumLength: 255, length: 255,
        fields: [
            MAVLinkField("time_utc", .uint64, at: 0, units: "us"),
            MAVLinkField("time_boot_ms", .uint32, at: 8, units: "ms"),
            MAVLinkField("lat", .int32, at: 12, units: "degE7"),
            MAVLinkField("lon", .int32, at: 16, units: "degE7"),
            MAVLinkField("alt", .int32, at: 20, units: "mm"),
            MAVLinkField("relative_alt", .int32, at: 24, units: "mm"),
            MAVLinkField("q", .float, at: 28, count: 4),
            MAVLinkField("image_index", .int32, at: 44),
            MAVLinkField("camera_id", .uint8, at: 48),
            MAVLinkField("capture_result", .int8, at: 49),
            MAVLinkField("file_url", .char, at: 50, count: 205),
        ])

    package static let flightInformation = MAVLinkMessage(
        id: 264, name: "FLIGHT_INFORMATION", crcExtra: 49, minimumLength: 28, length: 32,
        fields: [
            MAVLinkField("arming_time_utc", .uint64, at: 0, units: "us"),
            MAVLinkField("takeoff_time_utc", .uint64, at: 8, units: "us"),
            MAVLinkField("flight_uuid", .uint64, at: 16),
            MAVLinkField("time_boot_ms", .uint32, at: 24, units: "ms"),
            MAVLinkField("landing_time", .uint32, at: 28, units: "ms"),
        ])

    package static let mountOrientation = MAVLinkMessage(
        id: 265, name: "MOUNT_ORIENTATION", crcExtra: 26, minimumLength: 16, length: 20,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("roll", .float, at: 4, units: "deg"),
            MAVLinkField("pitch", .float, at: 8, units: "deg"),
            MAVLinkField("yaw", .float, at: 12, units: "deg"),
            MAVLinkField("yaw_absolute", .float, at: 16, units: "deg"),
        ])

    package static let loggingData = MAVLinkMessage(
        id: 266, name: "LOGGING_DATA", crcExtra: 193, minimumLength: 255, length: 255,
        fields: [
            MAVLinkField("sequence", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("length", .uint8, at: 4, units: "bytes"),
            MAVLinkField("first_message_offset", .uint8, at: 5, units: "bytes"),
            MAVLinkField("data", .uint8, at: 6, count: 249),
        ])

    package static let loggingDataAcked = MAVLinkMessage(
        id: 267, name: "LOGGING_DATA_ACKED", crcExtra: 35, minimumLength: 255, length: 255,
        fields: [
            MAVLinkField("sequence", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("length", .uint8, at: 4, units: "bytes"),
            MAVLinkField("first_message_offset", .uint8, at: 5, units: "bytes"),
            MAVLinkField("data", .uint8, at: 6, count: 249),
        ])

    package static let loggingAck = MAVLinkMessage(
        id: 268, name: "LOGGING_ACK", crcExtra: 14, minimumLength: 4, length: 4,
        fields: [
            MAVLinkField("sequence", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
        ])

    package static let videoStreamInformation = MAVLinkMessage(
        id: 269, name: "VIDEO_STREAM_INFORMATION", crcExtra: 109, minimumLength: 213, length: 215,
        fields: [
            MAVLinkField("framerate", .float, at: 0, units: "Hz"),
            MAVLinkField("bitrate", .uint32, at: 4, units: "bits/s"),
            MAVLinkField("flags", .uint16, at: 8),
            MAVLinkField("resolution_h", .uint16, at: 10, units: "pix"),
            MAVLinkField("resolution_v", .uint16, at: 12, units: "pix"),
            MAVLinkField("rotation", .uint16, at: 14, units: "deg"),
            MAVLinkField("hfov", .uint16, at: 16, units: "deg"),
            MAVLinkField("stream_id", .uint8, at: 18),
            MAVLinkField("count", .uint8, at: 19),
            MAVLinkField("type", .uint8, at: 20),
            MAVLinkField("name", .char, at: 21, count: 32),
            MAVLinkField("uri", .char, at: 53, count: 160),
            MAVLinkField("encoding", .uint8, at: 213),
            MAVLinkField("camera_device_id", .uint8, at: 214),
        ])

    package static let videoStreamStatus = MAVLinkMessage(
        id: 270, name: "VIDEO_STREAM_STATUS", crcExtra: 59, minimumLength: 19, length: 20,
        fields: [
            MAVLinkField("framerate", .float, at: 0, units: "Hz"),
            MAVLinkField("bitrate", .uint32, at: 4, units: "bits/s"),
            MAVLinkField("flags", .uint16, at: 8),
            MAVLinkField("resolution_h", .uint16, at: 10, units: "pix"),
            MAVLinkField("resolution_v", .uint16, at: 12, units: "pix"),
            MAVLinkField("rotation", .uint16, at: 14, units: "deg"),
            MAVLinkField("hfov", .uint16, at: 16, units: "deg"),
            MAVLinkField("stream_id", .uint8, at: 18),
            MAVLinkField("camera_device_id", .uint8, at: 19),
        ])

    package static let cameraFovStatus = MAVLinkMessage(
        id: 271, name: "CAMERA_FOV_STATUS", crcExtra: 22, minimumLength: 52, length: 53,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("lat_camera", .int32, at: 4, units: "degE7"),
            MAVLinkField("lon_camera", .int32, at: 8, units: "degE7"),
            MAVLinkField("alt_camera", .int32, at: 12, units: "mm"),
            MAVLinkField("lat_image", .int32, at: 16, units: "degE7"),
            MAVLinkField("lon_image", .int32, at: 20, units: "degE7"),
            MAVLinkField("alt_image", .int32, at: 24, units: "mm"),
            MAVLinkField("q", .float, at: 28, count: 4),
            MAVLinkField("hfov", .float, at: 44, units: "deg"),
            MAVLinkField("vfov", .float, at: 48, units: "deg"),
            MAVLinkField("camera_device_id", .uint8, at: 52),
        ])

    package static let cameraTrackingImageStatus = MAVLinkMessage(
        id: 275, name: "CAMERA_TRACKING_IMAGE_STATUS", crcExtra: 126, minimumLength: 31, length: 32,
        fields: [
            MAVLinkField("point_x", .float, at: 0),
            MAVLinkField("point_y", .float, at: 4),
            MAVLinkField("radius", .float, at: 8),
            MAVLinkField("rec_top_x", .float, at: 12),
            MAVLinkField("rec_top_y", .float, at: 16),
            MAVLinkField("rec_bottom_x", .float, at: 20),
            MAVLinkField("rec_bottom_y", .float, at: 24),
            MAVLinkField("tracking_status", .uint8, at: 28),
            MAVLinkField("tracking_mode", .uint8, at: 29),
            MAVLinkField("target_data", .uint8, at: 30),
            MAVLinkField("camera_device_id", .uint8, at: 31),
        ])

    package static let cameraTrackingGeoStatus = MAVLinkMessage(
        id: 276, name: "CAMERA_TRACKING_GEO_STATUS", crcExtra: 18, minimumLength: 49, length: 50,
        fields: [
            MAVLinkField("lat", .int32, at: 0, units: "degE7"),
            MAVLinkField("lon", .int32, at: 4, units: "degE7"),
            MAVLinkField("alt", .float, at: 8, units: "m"),
            MAVLinkField("h_acc", .float, at: 12, units: "m"),
            MAVLinkField("v_acc", .float, at: 16, units: "m"),
            MAVLinkField("vel_n", .float, at: 20, units: "m/s"),
            MAVLinkField("vel_e", .float, at: 24, units: "m/s"),
            MAVLinkField("vel_d", .float, at: 28, units: "m/s"),
            MAVLinkField("vel_acc", .float, at: 32, units: "m/s"),
            MAVLinkField("dist", .float, at: 36, units: "m"),
            MAVLinkField("hdg", .float, at: 40, units: "rad"),
            MAVLinkField("hdg_acc", .float, at: 44, units: "rad"),
            MAVLinkField("tracking_status", .uint8, at: 48),
            MAVLinkField("camera_device_id", .uint8, at: 49),
        ])

    package static let cameraThermalRange = MAVLinkMessage(
        id: 277, name: "CAMERA_THERMAL_RANGE", crcExtra: 62, minimumLength: 30, length: 30,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("max", .float, at: 4, units: "degC"),
            MAVLinkField("max_point_x", .float, at: 8),
            MAVLinkField("max_point_y", .float, at: 12),
            MAVLinkField("min", .float, at: 16, units: "degC"),
            MAVLinkField("min_point_x", .float, at: 20),
            MAVLinkField("min_point_y", .float, at: 24),
            MAVLinkField("stream_id", .uint8, at: 28),
            MAVLinkField("camera_device_id", .uint8, at: 29),
        ])

    package static let gimbalManagerInformation = MAVLinkMessage(
        id: 280, name: "GIMBAL_MANAGER_INFORMATION", crcExtra: 70, minimumLength: 33, length: 33,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("cap_flags", .uint32, at: 4),
            MAVLinkField("roll_min", .float, at: 8, units: "rad"),
            MAVLinkField("roll_max", .float, at: 12, units: "rad"),
            MAVLinkField("pitch_min", .float, at: 16, units: "rad"),
            MAVLinkField("pitch_max", .float, at: 20, units: "rad"),
            MAVLinkField("yaw_min", .float, at: 24, units: "rad"),
            MAVLinkField("yaw_max", .float, at: 28, units: "rad"),
            MAVLinkField("gimbal_device_id", .uint8, at: 32),
        ])

    package static let gimbalManagerStatus = MAVLinkMessage(
        id: 281, name: "GIMBAL_MANAGER_STATUS", crcExtra: 48, minimumLength: 13, length: 13,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("flags", .uint32, at: 4),
            MAVLinkField("gimbal_device_id", .uint8, at: 8),
            MAVLinkField("primary_control_sysid", .uint8, at: 9),
            MAVLinkField("primary_control_compid", .uint8, at: 10),
            MAVLinkField("secondary_control_sysid", .uint8, at: 11),
            MAVLinkField("secondary_control_compid", .uint8, at: 12),
        ])

    package static let gimbalManagerSetAttitude = MAVLinkMessage(
        id: 282, name: "GIMBAL_MANAGER_SET_ATTITUDE", crcExtra: 123, minimumLength: 35, length: 35,
        fields: [
            MAVLinkField("flags", .uint32, at: 0),
            MAVLinkField("q", .float, at: 4, count: 4),
            MAVLinkField("angular_velocity_x", .float, at: 20, units: "rad/s"),
            MAVLinkField("angular_velocity_y", .float, at: 24, units: "rad/s"),
            MAVLinkField("angular_velocity_z", .float, at: 28, units: "rad/s"),
            MAVLinkField("target_system", .uint8, at: 32),
            MAVLinkField("target_component", .uint8, at: 33),
            MAVLinkField("gimbal_device_id", .uint8, at: 34),
        ])

    package static let gimbalDeviceInformation = MAVLinkMessage(
        id: 283, name: "GIMBAL_DEVICE_INFORMATION", crcExtra: 74, minimumLength: 144, length: 149,
        fields: [
            MAVLinkField("uid", .uint64, at: 0),
            MAVLinkField("time_boot_ms", .uint32, at: 8, units: "ms"),
            MAVLinkField("firmware_version", .uint32, at: 12),
            MAVLinkField("hardware_version", .uint32, at: 16),
            MAVLinkField("roll_min", .float, at: 20, units: "rad"),
            MAVLinkField("roll_max", .float, at: 24, units: "rad"),
            MAVLinkField("pitch_min", .float, at: 28, units: "rad"),
            MAVLinkField("pitch_max", .float, at: 32, units: "rad"),
            MAVLinkField("yaw_min", .float, at: 36, units: "rad"),
            MAVLinkField("yaw_max", .float, at: 40, units: "rad"),
            MAVLinkField("cap_flags", .uint16, at: 44),
            MAVLinkField("custom_cap_flags", .uint16, at: 46),
            MAVLinkField("vendor_name", .char, at: 48, count: 32),
            MAVLinkField("model_name", .char, at: 80, count: 32),
            MAVLinkField("custom_name", .char, at: 112, count: 32),
            MAVLinkField("gimbal_device_id", .uint8, at: 144),
            MAVLinkField("cap_flags2", .uint32, at: 145),
        ])

    package static let gimbalDeviceSetAttitude = MAVLinkMessage(
        id: 284, name: "GIMBAL_DEVICE_SET_ATTITUDE", crcExtra: 99, minimumLength: 32, length: 32,
        fields: [
            MAVLinkField("q", .float, at: 0, count: 4),
            MAVLinkField("angular_velocity_x", .float, at: 16, units: "rad/s"),
            MAVLinkField("angular_velocity_y", .float, at: 20, units: "rad/s"),
            MAVLinkField("angular_velocity_z", .float, at: 24, units: "rad/s"),
            MAVLinkField("flags", .uint16, at: 28),
            MAVLinkField("target_system", .uint8, at: 30),
            MAVLinkField("target_component", .uint8, at: 31),
        ])

    package static let gimbalDeviceAttitudeStatus = MAVLinkMessage(
        id: 285, name: "GIMBAL_DEVICE_ATTITUDE_STATUS", crcExtra: 137, minimumLength: 40, length: 49,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("q", .float, at: 4, count: 4),
            MAVLinkField("angular_velocity_x", .float, at: 20, units: "rad/s"),
            MAVLinkField("angular_velocity_y", .float, at: 24, units: "rad/s"),
            MAVLinkField("angular_velocity_z", .float, at: 28, units: "rad/s"),
            MAVLinkField("failure_flags", .uint32, at: 32),
            MAVLinkField("flags", .uint16, at: 36),
            MAVLinkField("target_system", .uint8, at: 38),
            MAVLinkField("target_component", .uint8, at: 39),
            MAVLinkField("delta_yaw", .float, at: 40, units: "rad"),
            MAVLinkField("delta_yaw_velocity", .float, at: 44, units: "rad/s"),
            MAVLinkField("gimbal_device_id", .uint8, at: 48),
        ])

    package static let autopilotStateForGimbalDevice = MAVLinkMessage(
        id: 286, name: "AUTOPILOT_STATE_FOR_GIMBAL_DEVICE", crcExtra: 210, minimumLength: 53, length: 57,
        fields: [
            MAVLinkField("time_boot_us", .uint64, at: 0, units: "us"),
            MAVLinkField("q", .float, at: 8, count: 4),
            MAVLinkField("q_estimated_delay_us", .uint32, at: 24, units: "us"),
            MAVLinkField("vx", .float, at: 28, units: "m/s"),
            MAVLinkField("vy", .float, at: 32, units: "m/s"),
            MAVLinkField("vz", .float, at: 36, units: "m/s"),
            MAVLinkField("v_estimated_delay_us", .uint32, at: 40, units: "us"),
            MAVLinkField("feed_forward_angular_velocity_z", .float, at: 44, units: "rad/s"),
            MAVLinkField("estimator_status", .uint16, at: 48),
            MAVLinkField("target_system", .uint8, at: 50),
            MAVLinkField("target_component", .uint8, at: 51),
            MAVLinkField("landed_state", .uint8, at: 52),
            MAVLinkField("angular_velocity_z", .float, at: 53, units: "rad/s"),
        ])

    package static let gimbalManagerSetPitchyaw = MAVLinkMessage(
        id: 287, name: "GIMBAL_MANAGER_SET_PITCHYAW", crcExtra: 1, minimumLength: 23, length: 23,
        fields: [
            MAVLinkField("flags", .uint32, at: 0),
            MAVLinkField("pitch", .float, at: 4, units: "rad"),
            MAVLinkField("yaw", .float, at: 8, units: "rad"),
            MAVLinkField("pitch_rate", .float, at: 12, units: "rad/s"),
            MAVLinkField("yaw_rate", .float, at: 16, units: "rad/s"),
            MAVLinkField("target_system", .uint8, at: 20),
            MAVLinkField("target_component", .uint8, at: 21),
            MAVLinkField("gimbal_device_id", .uint8, at: 22),
        ])

    package static let gimbalManagerSetManualControl = MAVLinkMessage(
        id: 288, name: "GIMBAL_MANAGER_SET_MANUAL_CONTROL", crcExtra: 20, minimumLength: 23, length: 23,
        fields: [
            MAVLinkField("flags", .uint32, at: 0),
            MAVLinkField("pitch", .float, at: 4),
            MAVLinkField("yaw", .float, at: 8),
            MAVLinkField("pitch_rate", .float, at: 12),
            MAVLinkField("yaw_rate", .float, at: 16),
            MAVLinkField("target_system", .uint8, at: 20),
            MAVLinkField("target_component", .uint8, at: 21),
            MAVLinkField("gimbal_device_id", .uint8, at: 22),
        ])

    package static let airspeed = MAVLinkMessage(
        id: 295, name: "AIRSPEED", crcExtra: 234, minimumLength: 12, length: 12,
        fields: [
            MAVLinkField("airspeed", .float, at: 0, units: "m/s"),
            MAVLinkField("raw_press", .float, at: 4, units: "hPa"),
            MAVLinkField("temperature", .int16, at: 8, units: "cdegC"),
            MAVLinkField("id", .uint8, at: 10),
            MAVLinkField("flags", .uint8, at: 11),
        ])

    package static let globalPositionSensor = MAVLinkMessage(
        id: 296, name: "GLOBAL_POSITION_SENSOR", crcExtra: 158, minimumLength: 41, length: 41,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("processing_time", .uint32, at: 8, units: "us"),
            MAVLinkField("lat", .int32, at: 12, units: "degE7"),
            MAVLinkField("lon", .int32, at: 16, units: "degE7"),
            MAVLinkField("alt_ellipsoid", .float, at: 20, units: "m"),
            MAVLinkField("alt", .float, at: 24, units: "m"),
            MAVLinkField("eph", .float, at: 28, units: "m"),
            MAVLinkField("epv", .float, at: 32, units: "m"),
            MAVLinkField("target_system", .uint8, at: 36),
            MAVLinkField("target_component", .uint8, at: 37),
            MAVLinkField("id", .uint8, at: 38),
            MAVLinkField("source", .uint8, at: 39),
            MAVLinkField("flags", .uint8, at: 40),
        ])

    package static let wifiConfigAp = MAVLinkMessage(
        id: 299, name: "WIFI_CONFIG_AP", crcExtra: 19, minimumLength: 96, length: 96,
        fields: [
            MAVLinkField("ssid", .char, at: 0, count: 32),
            MAVLinkField("password", .char, at: 32, count: 64),
        ])

    package static let aisVessel = MAVLinkMessage(
        id: 301, name: "AIS_VESSEL", crcExtra: 243, minimumLength: 58, length: 58,
        fields: [
            MAVLinkField("MMSI", .uint32, at: 0),
            MAVLinkField("lat", .int32, at: 4, units: "degE7"),
            MAVLinkField("lon", .int32, at: 8, units: "degE7"),
            MAVLinkField("COG", .uint16, at: 12, units: "cdeg"),
            MAVLinkField("heading", .uint16, at: 14, units: "cdeg"),
            MAVLinkField("velocity", .uint16, at: 16, units: "cm/s"),
            MAVLinkField("dimension_bow", .uint16, at: 18, units: "m"),
            MAVLinkField("dimension_stern", .uint16, at: 20, units: "m"),
            MAVLinkField("tslc", .uint16, at: 22, units: "s"),
            MAVLinkField("flags", .uint16, at: 24),
            MAVLinkField("turn_rate", .int8, at: 26, units: "ddeg/s"),
            MAVLinkField("navigational_status", .uint8, at: 27),
            MAVLinkField("type", .uint8, at: 28),
            MAVLinkField("dimension_port", .uint8, at: 29, units: "m"),
            MAVLinkField("dimension_starboard", .uint8, at: 30, units: "m"),
            MAVLinkField("callsign", .char, at: 31, count: 7),
            MAVLinkField("name", .char, at: 38, count: 20),
        ])

    package static let uavcanNodeStatus = MAVLinkMessage(
        id: 310, name: "UAVCAN_NODE_STATUS", crcExtra: 28, minimumLength: 17, length: 17,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("uptime_sec", .uint32, at: 8, units: "s"),
            MAVLinkField("vendor_specific_status_code", .uint16, at: 12),
            MAVLinkField("health", .uint8, at: 14),
            MAVLinkField("mode", .uint8, at: 15),
            MAVLinkField("sub_mode", .uint8, at: 16),
        ])

    package static let uavcanNodeInfo = MAVLinkMessage(
        id: 311, name: "UAVCAN_NODE_INFO", crcExtra: 95, minimumLength: 116, length: 116,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("uptime_sec", .uint32, at: 8, units: "s"),
            MAVLinkField("sw_vcs_commit", .uint32, at: 12),
            MAVLinkField("name", .char, at: 16, count: 80),
            MAVLinkField("hw_version_major", .uint8, at: 96),
            MAVLinkField("hw_version_minor", .uint8, at: 97),
            MAVLinkField("hw_unique_id", .uint8, at: 98, count: 16),
            MAVLinkField("sw_version_major", .uint8, at: 114),
            MAVLinkField("sw_version_minor", .uint8, at: 115),
        ])

    package static let paramExtRequestRead = MAVLinkMessage(
        id: 320, name: "PARAM_EXT_REQUEST_READ", crcExtra: 243, minimumLength: 20, length: 20,
        fields: [
            MAVLinkField("param_index", .int16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("param_id", .char, at: 4, count: 16),
        ])

    package static let paramExtRequestList = MAVLinkMessage(
        id: 321, name: "PARAM_EXT_REQUEST_LIST", crcExtra: 88, minimumLength: 2, length: 2,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
        ])

    package static let paramExtValue = MAVLinkMessage(
        id: 322, name: "PARAM_EXT_VALUE", crcExtra: 243, minimumLength: 149, length: 149,
        fields: [
            MAVLinkField("param_count", .uint16, at: 0),
            MAVLinkField("param_index", .uint16, at: 2),
            MAVLinkField("param_id", .char, at: 4, count: 16),
            MAVLinkField("param_value", .char, at: 20, count: 128),
            MAVLinkField("param_type", .uint8, at: 148),
        ])

    package static let paramExtSet = MAVLinkMessage(
        id: 323, name: "PARAM_EXT_SET", crcExtra: 78, minimumLength: 147, length: 147,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("param_id", .char, at: 2, count: 16),
            MAVLinkField("param_value", .char, at: 18, count: 128),
            MAVLinkField("param_type", .uint8, at: 146),
        ])

    package static let paramExtAck = MAVLinkMessage(
        id: 324, name: "PARAM_EXT_ACK", crcExtra: 132, minimumLength: 146, length: 146,
        fields: [
            MAVLinkField("param_id", .char, at: 0, count: 16),
            MAVLinkField("param_value", .char, at: 16, count: 128),
            MAVLinkField("param_type", .uint8, at: 144),
            MAVLinkField("param_result", .uint8, at: 145),
        ])

    package static let obstacleDistance = MAVLinkMessage(
        id: 330, name: "OBSTACLE_DISTANCE", crcExtra: 23, minimumLength: 158, length: 167,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("distances", .uint16, at: 8, count: 72, units: "cm"),
            MAVLinkField("min_distance", .uint16, at: 152, units: "cm"),
            MAVLinkField("max_distance", .uint16, at: 154, units: "cm"),
            MAVLinkField("sensor_type", .uint8, at: 156),
            MAVLinkField("increment", .uint8, at: 157, units: "deg"),
            MAVLinkField("increment_f", .float, at: 158, units: "deg"),
            MAVLinkField("angle_offset", .float, at: 162, units: "deg"),
            MAVLinkField("frame", .uint8, at: 166),
        ])

    package static let odometry = MAVLinkMessage(
        id: 331, name: "ODOMETRY", crcExtra: 91, minimumLength: 230, length: 233,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("x", .float, at: 8, units: "m"),
            MAVLinkField("y", .float, at: 12, units: "m"),
            MAVLinkField("z", .float, at: 16, units: "m"),
            MAVLinkField("q", .float, at: 20, count: 4),
            MAVLinkField("vx", .float, at: 36, units: "m/s"),
            MAVLinkField("vy", .float, at: 40, units: "m/s"),
            MAVLinkField("vz", .float, at: 44, units: "m/s"),
            MAVLinkField("rollspeed", .float, at: 48, units: "rad/s"),
            MAVLinkField("pitchspeed", .float, at: 52, units: "rad/s"),
            MAVLinkField("yawspeed", .float, at: 56, units: "rad/s"),
            MAVLinkField("pose_covariance", .float, at: 60, count: 21),
            MAVLinkField("velocity_covariance", .float, at: 144, count: 21),
            MAVLinkField("frame_id", .uint8, at: 228),
            MAVLinkField("child_frame_id", .uint8, at: 229),
            MAVLinkField("reset_counter", .uint8, at: 230),
            MAVLinkField("estimator_type", .uint8, at: 231),
            MAVLinkField("quality", .int8, at: 232, units: "%"),
        ])

    package static let trajectoryRepresentationWaypoints = MAVLinkMessage(
        id: 332, name: "TRAJECTORY_REPRESENTATION_WAYPOINTS", crcExtra: 236, minimumLength: 239, length: 239,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("pos_x", .float, at: 8, count: 5, units: "m"),
            MAVLinkField("pos_y", .float, at: 28, count: 5, units: "m"),
            MAVLinkField("pos_z", .float, at: 48, count: 5, units: "m"),
            MAVLinkField("vel_x", .float, at: 68, count: 5, units: "m/s"),
            MAVLinkField("vel_y", .float, at: 88, count: 5, units: "m/s"),
            MAVLinkField("vel_z", .float, at: 108, count: 5, units: "m/s"),
            MAVLinkField("acc_x", .float, at: 128, count: 5, units: "m/s/s"),
            MAVLinkField("acc_y", .float, at: 148, count: 5, units: "m/s/s"),
            MAVLinkField("acc_z", .float, at: 168, count: 5, units: "m/s/s"),
            MAVLinkField("pos_yaw", .float, at: 188, count: 5, units: "rad"),
            MAVLinkField("vel_yaw", .float, at: 208, count: 5, units: "rad/s"),
            MAVLinkField("command", .uint16, at: 228, count: 5),
            MAVLinkField("valid_points", .uint8, at: 238),
        ])

    package static let trajectoryRepresentationBezier = MAVLinkMessage(
        id: 333, name: "TRAJECTORY_REPRESENTATION_BEZIER", crcExtra: 231, minimumLength: 109, length: 109,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("pos_x", .float, at: 8, count: 5, units: "m"),
            MAVLinkField("pos_y", .float, at: 28, count: 5, units: "m"),
            MAVLinkField("pos_z", .float, at: 48, count: 5, units: "m"),
            MAVLinkField("delta", .float, at: 68, count: 5, units: "s"),
            MAVLinkField("pos_yaw", .float, at: 88, count: 5, units: "rad"),
            MAVLinkField("valid_points", .uint8, at: 108),
        ])

    package static let isbdLinkStatus = MAVLinkMessage(
        id: 335, name: "ISBD_LINK_STATUS", crcExtra: 225, minimumLength: 24, length: 24,
        fields: [
            MAVLinkField("timestamp", .uint64, at: 0, units: "us"),
            MAVLinkField("last_heartbeat", .uint64, at: 8, units: "us"),
            MAVLinkField("failed_sessions", .uint16, at: 16),
            MAVLinkField("successful_sessions", .uint16, at: 18),
            MAVLinkField("signal_quality", .uint8, at: 20),
            MAVLinkField("ring_pending", .uint8, at: 21),
            MAVLinkField("tx_session_pending", .uint8, at: 22),
            MAVLinkField("rx_session_pending", .uint8, at: 23),
        ])

    package static let rawRpm = MAVLinkMessage(
        id: 339, name: "RAW_RPM", crcExtra: 199, minimumLength: 5, length: 5,
        fields: [
            MAVLinkField("frequency", .float, at: 0, units: "rpm"),
            MAVLinkField("index", .uint8, at: 4),
        ])

    package static let utmGlobalPosition = MAVLinkMessage(
        id: 340, name: "UTM_GLOBAL_POSITION", crcExtra: 99, minimumLength: 70, length: 70,
        fields: [
            MAVLinkField("time", .uint64, at: 0, units: "us"),
            MAVLinkField("lat", .int32, at: 8, units: "degE7"),
            MAVLinkField("lon", .int32, at: 12, units: "degE7"),
            MAVLinkField("alt", .int32, at: 16, units: "mm"),
            MAVLinkField("relative_alt", .int32, at: 20, units: "mm"),
            MAVLinkField("next_lat", .int32, at: 24, units: "degE7"),
            MAVLinkField("next_lon", .int32, at: 28, units: "degE7"),
            MAVLinkField("next_alt", .int32, at: 32, units: "mm"),
            MAVLinkField("vx", .int16, at: 36, units: "cm/s"),
            MAVLinkField("vy", .int16, at: 38, units: "cm/s"),
            MAVLinkField("vz", .int16, at: 40, units: "cm/s"),
            MAVLinkField("h_acc", .uint16, at: 42, units: "mm"),
            MAVLinkField("v_acc", .uint16, at: 44, units: "mm"),
            MAVLinkField("vel_acc", .uint16, at: 46, units: "cm/s"),
            MAVLinkField("update_rate", .uint16, at: 48, units: "cs"),
            MAVLinkField("uas_id", .uint8, at: 50, count: 18),
            MAVLinkField("flight_state", .uint8, at: 68),
            MAVLinkField("flags", .uint8, at: 69),
        ])

    package static let paramError = MAVLinkMessage(
        id: 345, name: "PARAM_ERROR", crcExtra: 209, minimumLength: 21, length: 21,
        fields: [
            MAVLinkField("param_index", .int16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("param_id", .char, at: 4, count: 16),
            MAVLinkField("error", .uint8, at: 20),
        ])

    package static let debugFloatArray = MAVLinkMessage(
        id: 350, name: "DEBUG_FLOAT_ARRAY", crcExtra: 232, minimumLength: 20, length: 252,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("array_id", .uint16, at: 8),
            MAVLinkField("name", .char, at: 10, count: 10),
            MAVLinkField("data", .float, at: 20, count: 58),
        ])

    package static let orbitExecutionStatus = MAVLinkMessage(
        id: 360, name: "ORBIT_EXECUTION_STATUS", crcExtra: 11, minimumLength: 25, length: 25,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("radius", .float, at: 8, units: "m"),
            MAVLinkField("x", .int32, at: 12),
            MAVLinkField("y", .int32, at: 16),
            MAVLinkField("z", .float, at: 20, units: "m"),
            MAVLinkField("frame", .uint8, at: 24),
        ])

    package static let smartBatteryInfo = MAVLinkMessage(
        id: 370, name: "SMART_BATTERY_INFO", crcExtra: 75, minimumLength: 87, length: 109,
        fields: [
            MAVLinkField("capacity_full_specification", .int32, at: 0, units: "mAh"),
            MAVLinkField("capacity_full", .int32, at: 4, units: "mAh"),
            MAVLinkField("cycle_count", .uint16, at: 8),
            MAVLinkField("weight", .uint16, at: 10, units: "g"),
            MAVLinkField("discharge_minimum_voltage", .uint16, at: 12, units: "mV"),
            MAVLinkField("charging_minimum_voltage", .uint16, at: 14, units: "mV"),
            MAVLinkField("resting_minimum_voltage", .uint16, at: 16, units: "mV"),
            MAVLinkField("id", .uint8, at: 18),
            MAVLinkField("battery_function", .uint8, at: 19),
            MAVLinkField("type", .uint8, at: 20),
            MAVLinkField("serial_number", .char, at: 21, count: 16),
            MAVLinkField("device_name", .char, at: 37, count: 50),
            MAVLinkField("charging_maximum_voltage", .uint16, at: 87, units: "mV"),
            MAVLinkField("cells_in_series", .uint8, at: 89),
            MAVLinkField("discharge_maximum_current", .uint32, at: 90, units: "mA"),
            MAVLinkField("discharge_maximum_burst_current", .uint32, at: 94, units: "mA"),
            MAVLinkField("manufacture_date", .char, at: 98, count: 11),
        ])

    package static let generatorStatus = MAVLinkMessage(
        id: 373, name: "GENERATOR_STATUS", crcExtra: 117, minimumLength: 42, length: 42,
        fields: [
            MAVLinkField("status", .uint64, at: 0),
            MAVLinkField("battery_current", .float, at: 8, units: "A"),
            MAVLinkField("load_current", .float, at: 12, units: "A"),
            MAVLinkField("power_generated", .float, at: 16, units: "W"),
            MAVLinkField("bus_voltage", .float, at: 20, units: "V"),
            MAVLinkField("bat_current_setpoint", .float, at: 24, units: "A"),
            MAVLinkField("runtime", .uint32, at: 28, units: "s"),
            MAVLinkField("time_until_maintenance", .int32, at: 32, units: "s"),
            MAVLinkField("generator_speed", .uint16, at: 36, units: "rpm"),
            MAVLinkField("rectifier_temperature", .int16, at: 38, units: "degC"),
            MAVLinkField("generator_temperature", .int16, at: 40, units: "degC"),
        ])

    package static let actuatorOutputStatus = MAVLinkMessage(
        id: 375, name: "ACTUATOR_OUTPUT_STATUS", crcExtra: 251, minimumLength: 140, length: 140,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("active", .uint32, at: 8),
            MAVLinkField("actuator", .float, at: 12, count: 32),
        ])

    package static let relayStatus = MAVLinkMessage(
        id: 376, name: "RELAY_STATUS", crcExtra: 199, minimumLength: 8, length: 8,
        fields: [
            MAVLinkField("time_boot_ms", .uint32, at: 0, units: "ms"),
            MAVLinkField("on", .uint16, at: 4),
            MAVLinkField("present", .uint16, at: 6),
        ])

    package static let tunnel = MAVLinkMessage(
        id: 385, name: "TUNNEL", crcExtra: 147, minimumLength: 133, length: 133,
        fields: [
            MAVLinkField("payload_type", .uint16, at: 0),
            MAVLinkField("target_system", .uint8, at: 2),
            MAVLinkField("target_component", .uint8, at: 3),
            MAVLinkField("payload_length", .uint8, at: 4),
            MAVLinkField("payload", .uint8, at: 5, count: 128),
        ])

    package static let canFrame = MAVLinkMessage(
        id: 386, name: "CAN_FRAME", crcExtra: 132, minimumLength: 16, length: 16,
        fields: [
            MAVLinkField("id", .uint32, at: 0),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("target_component", .uint8, at: 5),
            MAVLinkField("bus", .uint8, at: 6),
            MAVLinkField("len", .uint8, at: 7),
            MAVLinkField("data", .uint8, at: 8, count: 8),
        ])

    package static let canfdFrame = MAVLinkMessage(
        id: 387, name: "CANFD_FRAME", crcExtra: 4, minimumLength: 72, length: 72,
        fields: [
            MAVLinkField("id", .uint32, at: 0),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("target_component", .uint8, at: 5),
            MAVLinkField("bus", .uint8, at: 6),
            MAVLinkField("len", .uint8, at: 7),
            MAVLinkField("data", .uint8, at: 8, count: 64),
        ])

    package static let canFilterModify = MAVLinkMessage(
        id: 388, name: "CAN_FILTER_MODIFY", crcExtra: 8, minimumLength: 37, length: 37,
        fields: [
            MAVLinkField("ids", .uint16, at: 0, count: 16),
            MAVLinkField("target_system", .uint8, at: 32),
            MAVLinkField("target_component", .uint8, at: 33),
            MAVLinkField("bus", .uint8, at: 34),
            MAVLinkField("operation", .uint8, at: 35),
            MAVLinkField("num_ids", .uint8, at: 36),
        ])

    package static let onboardComputerStatus = MAVLinkMessage(
        id: 390, name: "ONBOARD_COMPUTER_STATUS", crcExtra: 156, minimumLength: 238, length: 240,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("uptime", .uint32, at: 8, units: "ms"),
            MAVLinkField("ram_usage", .uint32, at: 12, units: "MiB"),
            MAVLinkField("ram_total", .uint32, at: 16, units: "MiB"),
            MAVLinkField("storage_type", .uint32, at: 20, count: 4),
            MAVLinkField("storage_usage", .uint32, at: 36, count: 4, units: "MiB"),
            MAVLinkField("storage_total", .uint32, at: 52, count: 4, units: "MiB"),
            MAVLinkField("link_type", .uint32, at: 68, count: 6),
            MAVLinkField("link_tx_rate", .uint32, at: 92, count: 6, units: "KiB/s"),
            MAVLinkField("link_rx_rate", .uint32, at: 116, count: 6, units: "KiB/s"),
            MAVLinkField("link_tx_max", .uint32, at: 140, count: 6, units: "KiB/s"),
            MAVLinkField("link_rx_max", .uint32, at: 164, count: 6, units: "KiB/s"),
            MAVLinkField("fan_speed", .int16, at: 188, count: 4, units: "rpm"),
            MAVLinkField("type", .uint8, at: 196),
            MAVLinkField("cpu_cores", .uint8, at: 197, count: 8),
            MAVLinkField("cpu_combined", .uint8, at: 205, count: 10),
            MAVLinkField("gpu_cores", .uint8, at: 215, count: 4),
            MAVLinkField("gpu_combined", .uint8, at: 219, count: 10),
            MAVLinkField("temperature_board", .int8, at: 229, units: "degC"),
            MAVLinkField("temperature_core", .int8, at: 230, count: 8, units: "degC"),
            MAVLinkField("status_flags", .uint16, at: 238),
        ])

    package static let wheelDistance = MAVLinkMessage(
        id: 9000, name: "WHEEL_DISTANCE", crcExtra: 113, minimumLength: 137, length: 137,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("distance", .double, at: 8, count: 16, units: "m"),
            MAVLinkField("count", .uint8, at: 136),
        ])

    package static let winchStatus = MAVLinkMessage(
        id: 9005, name: "WINCH_STATUS", crcExtra: 117, minimumLength: 34, length: 34,
        fields: [
            MAVLinkField("time_usec", .uint64, at: 0, units: "us"),
            MAVLinkField("line_length", .float, at: 8, units: "m"),
            MAVLinkField("speed", .float, at: 12, units: "m/s"),
            MAVLinkField("tension", .float, at: 16, units: "kg"),
            MAVLinkField("voltage", .float, at: 20, units: "V"),
            MAVLinkField("current", .float, at: 24, units: "A"),
            MAVLinkField("status", .uint32, at: 28),
            MAVLinkField("temperature", .int16, at: 32, units: "degC"),
        ])

    package static let openDroneIDBasicID = MAVLinkMessage(
        id: 12900, name: "OPEN_DRONE_ID_BASIC_ID", crcExtra: 114, minimumLength: 44, length: 44,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("id_or_mac", .uint8, at: 2, count: 20),
            MAVLinkField("id_type", .uint8, at: 22),
            MAVLinkField("ua_type", .uint8, at: 23),
            MAVLinkField("uas_id", .uint8, at: 24, count: 20),
        ])

    package static let openDroneIDLocation = MAVLinkMessage(
        id: 12901, name: "OPEN_DRONE_ID_LOCATION", crcExtra: 254, minimumLength: 59, length: 59,
        fields: [
            MAVLinkField("latitude", .int32, at: 0, units: "degE7"),
            MAVLinkField("longitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("altitude_barometric", .float, at: 8, units: "m"),
            MAVLinkField("altitude_geodetic", .float, at: 12, units: "m"),
            MAVLinkField("height", .float, at: 16, units: "m"),
            MAVLinkField("timestamp", .float, at: 20, units: "s"),
            MAVLinkField("direction", .uint16, at: 24, units: "cdeg"),
            MAVLinkField("speed_horizontal", .uint16, at: 26, units: "cm/s"),
            MAVLinkField("speed_vertical", .int16, at: 28, units: "cm/s"),
            MAVLinkField("target_system", .uint8, at: 30),
            MAVLinkField("target_component", .uint8, at: 31),
            MAVLinkField("id_or_mac", .uint8, at: 32, count: 20),
            MAVLinkField("status", .uint8, at: 52),
            MAVLinkField("height_reference", .uint8, at: 53),
            MAVLinkField("horizontal_accuracy", .uint8, at: 54),
            MAVLinkField("vertical_accuracy", .uint8, at: 55),
            MAVLinkField("barometer_accuracy", .uint8, at: 56),
            MAVLinkField("speed_accuracy", .uint8, at: 57),
            MAVLinkField("timestamp_accuracy", .uint8, at: 58),
        ])

    package static let openDroneIDAuthentication = MAVLinkMessage(
        id: 12902, name: "OPEN_DRONE_ID_AUTHENTICATION", crcExtra: 140, minimumLength: 53, length: 53,
        fields: [
            MAVLinkField("timestamp", .uint32, at: 0, units: "s"),
            MAVLinkField("target_system", .uint8, at: 4),
            MAVLinkField("target_component", .uint8, at: 5),
            MAVLinkField("id_or_mac", .uint8, at: 6, count: 20),
            MAVLinkField("authentication_type", .uint8, at: 26),
            MAVLinkField("data_page", .uint8, at: 27),
            MAVLinkField("last_page_index", .uint8, at: 28),
            MAVLinkField("length", .uint8, at: 29, units: "bytes"),
            MAVLinkField("authentication_data", .uint8, at: 30, count: 23),
        ])

    package static let openDroneIDSelfID = MAVLinkMessage(
        id: 12903, name: "OPEN_DRONE_ID_SELF_ID", crcExtra: 249, minimumLength: 46, length: 46,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("id_or_mac", .uint8, at: 2, count: 20),
            MAVLinkField("description_type", .uint8, at: 22),
            MAVLinkField("description", .char, at: 23, count: 23),
        ])

    package static let openDroneIDSystem = MAVLinkMessage(
        id: 12904, name: "OPEN_DRONE_ID_SYSTEM", crcExtra: 77, minimumLength: 54, length: 54,
        fields: [
            MAVLinkField("operator_latitude", .int32, at: 0, units: "degE7"),
            MAVLinkField("operator_longitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("area_ceiling", .float, at: 8, units: "m"),
            MAVLinkField("area_floor", .float, at: 12, units: "m"),
            MAVLinkField("operator_altitude_geo", .float, at: 16, units: "m"),
            MAVLinkField("timestamp", .uint32, at: 20, units: "s"),
            MAVLinkField("area_count", .uint16, at: 24),
            MAVLinkField("area_radius", .uint16, at: 26, units: "m"),
            MAVLinkField("target_system", .uint8, at: 28),
            MAVLinkField("target_component", .uint8, at: 29),
            MAVLinkField("id_or_mac", .uint8, at: 30, count: 20),
            MAVLinkField("operator_location_type", .uint8, at: 50),
            MAVLinkField("classification_type", .uint8, at: 51),
            MAVLinkField("category_eu", .uint8, at: 52),
            MAVLinkField("class_eu", .uint8, at: 53),
        ])

    package static let openDroneIDOperatorID = MAVLinkMessage(
        id: 12905, name: "OPEN_DRONE_ID_OPERATOR_ID", crcExtra: 49, minimumLength: 43, length: 43,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("id_or_mac", .uint8, at: 2, count: 20),
            MAVLinkField("operator_id_type", .uint8, at: 22),
            MAVLinkField("operator_id", .char, at: 23, count: 20),
        ])

    package static let openDroneIDMessagePack = MAVLinkMessage(
        id: 12915, name: "OPEN_DRONE_ID_MESSAGE_PACK", crcExtra: 94, minimumLength: 249, length: 249,
        fields: [
            MAVLinkField("target_system", .uint8, at: 0),
            MAVLinkField("target_component", .uint8, at: 1),
            MAVLinkField("id_or_mac", .uint8, at: 2, count: 20),
            MAVLinkField("single_message_size", .uint8, at: 22, units: "bytes"),
            MAVLinkField("msg_pack_size", .uint8, at: 23),
            MAVLinkField("messages", .uint8, at: 24, count: 225),
        ])

    package static let openDroneIDArmStatus = MAVLinkMessage(
        id: 12918, name: "OPEN_DRONE_ID_ARM_STATUS", crcExtra: 139, minimumLength: 51, length: 51,
        fields: [
            MAVLinkField("status", .uint8, at: 0),
            MAVLinkField("error", .char, at: 1, count: 50),
        ])

    package static let openDroneIDSystemUpdate = MAVLinkMessage(
        id: 12919, name: "OPEN_DRONE_ID_SYSTEM_UPDATE", crcExtra: 7, minimumLength: 18, length: 18,
        fields: [
            MAVLinkField("operator_latitude", .int32, at: 0, units: "degE7"),
            MAVLinkField("operator_longitude", .int32, at: 4, units: "degE7"),
            MAVLinkField("operator_altitude_geo", .float, at: 8, units: "m"),
            MAVLinkField("timestamp", .uint32, at: 12, units: "s"),
            MAVLinkField("target_system", .uint8, at: 16),
            MAVLinkField("target_component", .uint8, at: 17),
        ])

    package static let hygrometerSensor = MAVLinkMessage(
        id: 12920, name: "HYGROMETER_SENSOR", crcExtra: 20, minimumLength: 5, length: 5,
        fields: [
            MAVLinkField("temperature", .int16, at: 0, units: "cdegC"),
            MAVLinkField("humidity", .uint16, at: 2, units: "c%"),
            MAVLinkField("id", .uint8, at: 4),
        ])
}
