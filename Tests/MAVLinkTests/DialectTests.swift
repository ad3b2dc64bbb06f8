import Testing

@testable import MAVLink

@Suite("Every message of the common dialect, beside pymavlink")
struct DialectTests {
    @Test("What pymavlink writes is read, field by field", arguments: [1, 2])
    func reading(seed: Int) async throws {
        let lines = try await Pymavlink.frames(seed: seed)
        #expect(Set(lines.map(\.name)) == Set(MAVLinkMessage.common.map(\.name)))
        var parser = MAVLinkParser()
        for line in lines {
            let frames = parser.frames(in: line.frame)
            guard frames.count == 1, let frame = frames.first, let message = frame.message else {
                Issue.record("\(line.name): \(frames.count) frames in \(line.frame)")
                continue
            }
            #expect(message.name == line.name)
            #expect((frame.version, frame.systemID, frame.componentID) == (line.version, 7, 9))
            #expect(frame.payload.canonical(message) == line.fields, "\(line.name)")
        }
        #expect(parser.counters == MAVLinkCounters(frames: lines.count))
    }

    @Test("What is written, pymavlink reads, field by field")
    func writing() async throws {
        let lines = try await Pymavlink.frames(seed: 3).filter { $0.version == 2 }
        var parser = MAVLinkParser()
        var encoder = MAVLinkEncoder(systemID: 7, componentID: 9)
        let written = lines.flatMap { line in
            parser.frames(in: line.frame).flatMap { encoder.encode($0.payload, of: $0.message!) }
        }
        let read = try await Pymavlink.decode(written)
        #expect(read.map(\.name) == lines.map(\.name))
        for (mine, theirs) in zip(read, lines) { #expect(mine.fields == theirs.fields, "\(theirs.name)") }
    }

    @Test("What an engine sends, pymavlink reads")
    func commands() async throws {
        var encoder = MAVLinkEncoder()
        let frames = [
            encoder.encode(Heartbeat.groundStation),
            encoder.encode(ParamRequestRead(system: 3, name: "SIH_MASS")),
            encoder.encode(ParamSet(system: 3, name: "COM_RC_IN_MODE", value: .int32(4))),
            encoder.encode(CommandLong.setMessageInterval(system: 3, message: Attitude.id, microseconds: 50_000)),
        ]
        let read = try await Pymavlink.decode(frames.flatMap { $0 })
        #expect(read.map(\.name) == ["HEARTBEAT", "PARAM_REQUEST_READ", "PARAM_SET", "COMMAND_LONG"])
        #expect(read.map { $0.frame[4] } == [0, 1, 2, 3])
        #expect(read.allSatisfy { $0.frame[5...6] == [255, 190] })
        let name = "SIH_MASS".utf8.map { String($0, radix: 16) }.joined()
        #expect(read[1].fields == ["target_system": "3", "target_component": "1", "param_index": "-1", "param_id": name])
        #expect(read[2].fields["param_value"] == "4")
        #expect(read[2].fields["param_type"] == "6")
        #expect(read[3].fields["command"] == "511")
        #expect(read[3].fields["param1"] == String(Float(30).bitPattern))
        #expect(read[3].fields["param2"] == String(Float(50_000).bitPattern))
    }
}
