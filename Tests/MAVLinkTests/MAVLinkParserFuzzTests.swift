import Testing
import TestSupport

@testable import MAVLink

/// Random and damaged input. Seeded: a failure can be repeated.
@Suite("The MAVLink parser fed with damaged input")
struct MAVLinkParserFuzzTests {
    /// What of a frame is compared.
    private struct Key: Hashable {
        var id: UInt32
        var sender: [UInt8]
        var payload: [UInt8]

        init(_ frame: MAVLinkFrame) {
            id = frame.messageID
            sender = [frame.version, frame.systemID, frame.componentID, frame.sequence]
            payload = (0..<MAVLinkPayload.capacity).map { frame.payload.load($0) }
        }

        /// The frame at a position, told from its bytes in another way than the parser does: nil where none is whole.
        init?(_ bytes: [UInt8], at start: Int) {
            guard bytes[start] == 0xFD || bytes[start] == 0xFE else { return nil }
            let version: UInt8 = bytes[start] == 0xFD ? 2 : 1
            let head = version == 2 ? 10 : 6
            guard start + head + 2 <= bytes.count else { return nil }
            let close = start + head + Int(bytes[start + 1])
            guard close + 2 <= bytes.count else { return nil }
            let number = version == 2 ? bytes[start + 7..<start + 10] : bytes[start + 5..<start + 6]
            id = number.reversed().reduce(0) { $0 << 8 | UInt32($1) }
            guard let message = MAVLinkMessage.common.first(where: { [id] in $0.id == id }) else { return nil }
            var remainder: UInt16 = 0xFFFF
            for byte in bytes[start + 1..<close] + [message.crcExtra] {
                remainder ^= UInt16(byte)
                for _ in 0..<8 { remainder = remainder & 1 == 0 ? remainder >> 1 : remainder >> 1 ^ 0x8408 }
            }
            guard remainder == UInt16(bytes[close]) | UInt16(bytes[close + 1]) << 8 else { return nil }
            sender = [version] + bytes[(version == 2 ? start + 5 : start + 3)...].prefix(2) + [bytes[version == 2 ? start + 4 : start + 2]]
            payload = Array(bytes[start + head..<close]) + [UInt8](repeating: 0, count: MAVLinkPayload.capacity - Int(bytes[start + 1]))
        }
    }

    private static func damage(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
        for _ in 0..<bytes.count / 150 {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<5, using: &generator) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.remove(at: position)
            case 3: bytes.removeSubrange(position..<min(position + 40, bytes.count))
            default: bytes.insert(Bool.random(using: &generator) ? 0xFD : 0xFE, at: position)
            }
        }
    }

    /// The frames found in bytes that come in random pieces.
    private static func parse(_ bytes: [UInt8], _ generator: inout SplitMix64) -> (frames: [MAVLinkFrame], counters: MAVLinkCounters) {
        var parser = MAVLinkParser()
        var frames: [MAVLinkFrame] = []
        var start = 0
        while start < bytes.count {
            let end = min(start + Int.random(in: 0...700, using: &generator), bytes.count)
            frames += parser.frames(in: Array(bytes[start..<end]))
            start = end
        }
        return (frames, parser.counters)
    }

    @Test("What is given is always a whole frame, with its checksum right", arguments: 0..<4)
    func damagedFrames(seed: UInt64) async throws {
        var generator = SplitMix64(state: seed)
        let lines = try await Pymavlink.frames(seed: Int(seed))
        for _ in 0..<3 {
            var bytes = lines.shuffled(using: &generator).flatMap(\.frame)
            Self.damage(&bytes, &generator)
            let whole = Set(bytes.indices.compactMap { Key(bytes, at: $0) })
            let (frames, counters) = Self.parse(bytes, &generator)
            #expect(frames.allSatisfy { whole.contains(Key($0)) })
            #expect(counters.frames == frames.count)
            #expect(counters.badChecksums > 100)
            // Most of them survive: what is wrong with one frame does not cost many others.
            #expect(frames.count > whole.count * 9 / 10)
        }
    }

    @Test("Random bytes, a million of each seed, crash nothing and are next to never a frame", arguments: 0..<4)
    func noise(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var parser = MAVLinkParser()
        var frames = 0
        for _ in 0..<1000 {
            var bytes = (0..<125).flatMap { _ in withUnsafeBytes(of: generator.next()) { Array($0) } }
            // A third of them dense with beginnings of frames.
            if seed % 3 == 0 { for index in bytes.indices where bytes[index] < 40 { bytes[index] = 0xFD } }
            parser.push(bytes.span.bytes) { _ in frames += 1 }
        }
        #expect(parser.counters.frames == frames)
        #expect(frames < 10)
    }
}
