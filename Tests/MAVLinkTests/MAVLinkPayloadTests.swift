import Testing

@testable import MAVLink

@Suite("Payloads")
struct MAVLinkPayloadTests {
    @Test("What is stored is loaded, at any offset")
    func roundTrip() {
        var payload = MAVLinkPayload()
        payload.store(Float(-1.5), 1)
        payload.store(UInt64.max - 3, 5)
        payload.store(Int16(-2), 253)
        #expect(payload.load(1) == Float(-1.5))
        #expect(payload.load(5) == UInt64.max - 3)
        #expect(payload.load(253) == Int16(-2))
        #expect(payload.load(253, as: UInt8.self) == 0xFE)
    }

    @Test("A text ends at its NUL or with its field, and a longer one is cut")
    func texts() {
        var message = ParamSet()
        message.paramID = "SIH_MASS"
        #expect(message.paramID == "SIH_MASS")
        message.paramID = "A_NAME_OF_16_CHR"
        #expect(message.paramID == "A_NAME_OF_16_CHR")
        message.paramID = "A_NAME_OF_MORE_THAN_16"
        #expect(message.paramID == "A_NAME_OF_MORE_T")
        #expect(message.paramType == 0)
        message.paramID = "B"
        #expect(message.paramID == "B")
    }

    @Test("Properties and fields by name read the same")
    func properties() throws {
        var position = LocalPositionNed()
        position.timeBootMs = 4_000_000_000
        position.vz = -2.25
        let time = try #require(LocalPositionNed.definition.field("time_boot_ms"))
        #expect(position.payload.number(time) == 4e9)
        let velocity = try #require(LocalPositionNed.definition.field("vz"))
        #expect(position.payload.value(velocity) == .float(-2.25))
    }

    @Test("A parameter's integer travels as its bytes", arguments: [0, 1, -1, 42, Int32.max, .min, 0x7FC0_0001])
    func integerParameters(_ number: Int32) {
        var parameter = ParamValue()
        let sent = ParamSet(system: 1, name: "COM_X", value: .int32(number))
        parameter.paramValue = sent.paramValue
        parameter.paramType = sent.paramType
        #expect(parameter.value == .int32(number))
        #expect(parameter.paramValue.bitPattern == UInt32(bitPattern: number))
    }

    @Test("A parameter's float is a float, and other types are none of PX4's")
    func floatParameters() {
        var parameter = ParamValue()
        parameter.paramValue = 1.25
        parameter.paramType = 9
        #expect(parameter.value == .float(1.25))
        parameter.paramType = 10
        #expect(parameter.value == nil)
    }
}
