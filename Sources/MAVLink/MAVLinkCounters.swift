/// What a parser has seen.
package struct MAVLinkCounters: Sendable, Hashable {
    /// Frames given.
    package var frames = 0
    /// What looked like a frame of a known message, with a checksum that is not its own.
    package var badChecksums = 0
    /// Frames of messages that the dialect lacks.
    package var unknownMessages = 0
    /// Frames that never came, by the gaps in their senders' sequences.
    package var lostFrames = 0
    /// Bytes that belonged to no frame.
    package var skippedBytes = 0
}

/// The sequence number that each sender's next frame should have.
struct MAVLinkSequences {
    private var expected: [UInt16: UInt8] = [:]

    /// Notes a sender's frame; gives how many before it are missing.
    mutating func note(_ system: UInt8, _ component: UInt8, _ sequence: UInt8) -> Int {
        let previous = expected.updateValue(sequence &+ 1, forKey: Self.key(system, component))
        return previous.map { Int(sequence &- $0) } ?? 0
    }

    /// The same for a frame that could not be verified: it tells nothing of senders not known otherwise.
    mutating func pass(_ system: UInt8, _ component: UInt8, _ sequence: UInt8) -> Int {
        expected[Self.key(system, component)] == nil ? 0 : note(system, component, sequence)
    }

    private static func key(_ system: UInt8, _ component: UInt8) -> UInt16 { UInt16(system) << 8 | UInt16(component) }
}
