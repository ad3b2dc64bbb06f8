import Testing
import TestSupport

@testable import MAVLink

@Suite("The MAVLink parser")
struct MAVLinkParserTests {
    private let frames = Sample.attitudes(5)
    private var stream: [UInt8] { frames.flatMap { $0 } }

    @Test("Frames are found however the bytes are cut")
    func cuts() {
        for length in 1...stream.count {
            var parser = MAVLinkParser()
            let found = stride(from: 0, to: stream.count, by: length).flatMap {
                parser.frames(in: Array(stream[$0..<min($0 + length, stream.count)]))
            }
            #expect(found.numbers == [0, 1, 2, 3, 4])
            #expect(parser.counters == MAVLinkCounters(frames: 5))
        }
    }

    @Test("A frame says who sent it")
    func header() throws {
        var parser = MAVLinkParser()
        let frame = try #require(parser.frames(in: stream).last)
        #expect(frame.messageID == Attitude.id)
        #expect((frame.systemID, frame.componentID) == (1, 1))
        #expect(frame.sequence == 4)
        #expect(frame.version == 2)
        #expect(!frame.isSigned)
        #expect(frame.message?.name == "ATTITUDE")
        #expect(frame.number("roll") == 4)
        #expect(frame.number("colour") == nil)
    }

    @Test("Garbage between frames is passed over, even where it looks like a frame's beginning")
    func garbage() {
        var parser = MAVLinkParser()
        var bytes: [UInt8] = [1, 2, 3, MAVLinkHeader.magic2]
        for frame in frames { bytes += frame + [0xFD, 0xFE, 200, 0] }
        // A false beginning may claim bytes that have not come yet.
        bytes += [UInt8](repeating: 0, count: 300)
        #expect(parser.frames(in: bytes).numbers == [0, 1, 2, 3, 4])
        #expect(parser.counters.frames == 5)
        #expect(parser.counters.lostFrames == 0)
        #expect(parser.counters.skippedBytes == bytes.count - stream.count)
    }

    @Test("A damaged frame is not given, those around it are")
    func damage() {
        for index in frames[2].indices {
            var parser = MAVLinkParser()
            var damaged = frames[2]
            damaged[index] ^= 0x10
            var found = parser.frames(in: frames[0] + frames[1] + damaged + frames[3] + frames[4])
            found += parser.frames(in: [UInt8](repeating: 0, count: 300))
            #expect(found.numbers == [0, 1, 3, 4], "byte \(index)")
            // Damage to the id makes it a frame that cannot be verified, but none that is missing.
            #expect(parser.counters.lostFrames + parser.counters.unknownMessages == 1)
        }
    }

    @Test("A signature is passed over")
    func signature() {
        var signed = frames[1]
        signed[2] = 1
        var checksum = MAVLinkChecksum()
        checksum.add(signed.span.bytes.extracting(1..<signed.count - 2))
        checksum.add(MAVLinkMessage.attitude.crcExtra)
        signed.replaceSubrange(signed.count - 2..<signed.count, with: [UInt8(checksum.value & 0xFF), UInt8(checksum.value >> 8)])
        signed += [UInt8](repeating: 0xFD, count: MAVLinkHeader.signatureLength)
        var parser = MAVLinkParser()
        let found = parser.frames(in: frames[0] + signed + frames[2])
        #expect(found.numbers == [0, 1, 2])
        #expect(found.map(\.isSigned) == [false, true, false])
        #expect(parser.counters == MAVLinkCounters(frames: 3))
    }

    @Test("A message that the dialect lacks is passed over and counted, and is not lost")
    func unknownMessage() {
        var encoder = MAVLinkEncoder(systemID: 1, componentID: 1)
        let unknown = MAVLinkMessage(id: 54321, name: "UNKNOWN", crcExtra: 1, minimumLength: 40, length: 40, fields: [])
        var payload = MAVLinkPayload()
        for offset in 0..<40 { payload.store(UInt8(0xFD), offset) }
        let bytes = Sample.attitude(0, &encoder) + encoder.encode(payload, of: unknown) + Sample.attitude(1, &encoder)
        var parser = MAVLinkParser()
        #expect(parser.frames(in: bytes).numbers == [0, 1])
        #expect(parser.counters == MAVLinkCounters(frames: 2, unknownMessages: 1))
    }

    @Test("Frames that never came are counted, for each sender by itself")
    func lostFrames() {
        let frames = Sample.attitudes(300)
        var other = MAVLinkEncoder(systemID: 2, componentID: 1)
        var parser = MAVLinkParser()
        _ = parser.frames(in: frames[0] + Sample.attitude(0, &other) + frames[1])
        #expect(parser.counters.lostFrames == 0)
        _ = parser.frames(in: frames[4] + Sample.attitude(1, &other))
        #expect(parser.counters.lostFrames == 2)
        _ = parser.frames(in: frames[255] + frames[256])
        #expect(parser.counters.lostFrames == 2 + 250)
    }

    @Test("A flag that changes frames in an unknown way makes it no frame")
    func incompatible() {
        var frame = frames[1]
        frame[2] = 2
        var parser = MAVLinkParser()
        #expect(parser.frames(in: frames[0] + frame + frames[2]).numbers == [0, 2])
        #expect(parser.counters.badChecksums == 0)
    }
}
