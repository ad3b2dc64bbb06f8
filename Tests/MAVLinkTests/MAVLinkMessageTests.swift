import Testing

@testable import MAVLink

@Suite("The table of messages")
struct MAVLinkMessageTests {
    @Test("Every message is found by its id and by its name, and by no other")
    func lookUp() throws {
        for message in MAVLinkMessage.common {
            #expect(MAVLinkMessage.withID(message.id)?.name == message.name)
            #expect(MAVLinkMessage.named(message.name)?.id == message.id)
            #expect(MAVLinkMessage.crcExtra(of: message.id) == message.crcExtra)
        }
        let known = Set(MAVLinkMessage.common.map(\.id))
        let last = try #require(known.max())
        #expect((0...last + 10).allSatisfy { known.contains($0) == (MAVLinkMessage.withID($0) != nil) })
        #expect(MAVLinkMessage.withID(0xFFFFFF) == nil)
    }

    @Test("The fields of every message fill its payload, one after the other")
    func fieldsFillPayloads() {
        for message in MAVLinkMessage.common {
            var end = 0
            for field in message.fields {
                #expect(field.offset == end, "\(message.name).\(field.name)")
                end += field.type.size * field.count
            }
            #expect(end == message.length)
            #expect(message.minimumLength <= message.length && message.length <= MAVLinkPayload.capacity)
        }
    }

    @Test("Fields are found by name, with their units")
    func fields() throws {
        let field = try #require(MAVLinkMessage.batteryStatus.field("temperature"))
        #expect(field == MAVLinkField("temperature", .int16, at: 8, units: "cdegC"))
        #expect(MAVLinkMessage.batteryStatus.field("voltages")?.count == 10)
        #expect(MAVLinkMessage.batteryStatus.field("colour") == nil)
    }
}
