/// Finds MAVLink 1 and 2 frames in a byte stream: split across pieces, several in one piece, with garbage before, between and
/// after them.
///
/// Nothing is allocated per frame. The parser holds at most one unfinished frame and the bytes pushed last.
package struct MAVLinkParser {
    package private(set) var counters = MAVLinkCounters()
    /// The beginning of an unfinished frame.
    private var pending: [UInt8] = []
    private var sequences = MAVLinkSequences()

    package init() {
        pending.reserveCapacity(4 * 1024)
    }

    /// Parses the next bytes of the stream and calls `body` with each frame that they complete.
    package mutating func push(_ bytes: RawSpan, _ body: (MAVLinkFrame) -> Void) {
        if pending.isEmpty {
            let done = parse(bytes, body)
            append(bytes.extracting(done..<bytes.byteCount))
        } else {
            append(bytes)
            // Swapped out so that the bytes can be read while `self` is mutated.
            var all: [UInt8] = []
            swap(&all, &pending)
            let done = parse(all.span.bytes, body)
            all.removeSubrange(..<done)
            swap(&all, &pending)
        }
    }

    /// Parses the next bytes of the stream, such as one datagram.
    package mutating func push(_ bytes: UnsafeRawBufferPointer, _ body: (MAVLinkFrame) -> Void) { push(bytes.bytes, body) }

    private mutating func append(_ bytes: RawSpan) {
        bytes.withUnsafeBytes { pending.append(contentsOf: $0) }
    }

    private enum Step {
        case frame(MAVLinkFrame, end: Int)
        case unknown(MAVLinkHeader, end: Int)
        case noFrame
        case incomplete
    }

    /// Returns how many of the bytes have been consumed.
    private mutating func parse(_ bytes: RawSpan, _ body: (MAVLinkFrame) -> Void) -> Int {
        var position = 0
        while position < bytes.byteCount {
            switch step(bytes, at: position) {
            case .incomplete:
                return position
            case .noFrame:
                counters.skippedBytes += 1
                position += 1
            case .unknown(let header, let end):
                counters.unknownMessages += 1
                counters.lostFrames += sequences.pass(header.systemID, header.componentID, header.sequence)
                position = end
            case .frame(let frame, let end):
                counters.frames += 1
                counters.lostFrames += sequences.note(frame.systemID, frame.componentID, frame.sequence)
                position = end
                body(frame)
            }
        }
        return position
    }

    private mutating func step(_ bytes: RawSpan, at start: Int) -> Step {
        guard Self.isMagic(bytes, at: start) else { return .noFrame }
        guard let header = MAVLinkHeader(bytes, at: start) else { return .incomplete }
        guard !header.isIncompatible else { return .noFrame }
        let end = start + header.frameLength
        guard end <= bytes.byteCount else { return .incomplete }
        guard let crcExtra = MAVLinkMessage.crcExtra(of: header.messageID) else {
            // The checksum cannot be verified. The bytes count as a frame if another frame or the end follows them.
            return end == bytes.byteCount || Self.isMagic(bytes, at: end) ? .unknown(header, end: end) : .noFrame
        }

        let payload = start + header.length
        let close = payload + header.payloadLength
        var checksum = MAVLinkChecksum()
        checksum.add(bytes.extracting(start + 1..<close))
        checksum.add(crcExtra)
        guard UInt16(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: close, as: UInt16.self)) == checksum.value else {
            counters.badChecksums += 1
            // Another frame may begin inside what looked like one.
            return .noFrame
        }
        let frame = MAVLinkFrame(
            messageID: header.messageID, systemID: header.systemID, componentID: header.componentID, sequence: header.sequence,
            version: header.version, isSigned: header.isSigned, payload: MAVLinkPayload(bytes.extracting(payload..<close)))
        return .frame(frame, end: end)
    }

    private static func isMagic(_ bytes: RawSpan, at position: Int) -> Bool {
        let byte = bytes.unsafeLoad(fromByteOffset: position, as: UInt8.self)
        return byte == MAVLinkHeader.magic2 || byte == MAVLinkHeader.magic1
    }
}

/// What a parser has counted since it was made.
package struct MAVLinkCounters: Sendable, Hashable {
    /// Valid frames, each handed to the caller.
    package var frames = 0
    /// Sequences that look like a frame of a known message but whose checksum is wrong.
    package var badChecksums = 0
    /// Frames whose message the dialect lacks.
    package var unknownMessages = 0
    /// Frames that did not arrive, derived from gaps in their senders' sequence numbers.
    package var lostFrames = 0
    /// Bytes that belonged to no frame.
    package var skippedBytes = 0
}

/// The sequence number that each sender's next frame should have.
struct MAVLinkSequences {
    private var expected: [UInt16: UInt8] = [:]

    /// Records a frame of a sender; returns how many frames before it are missing.
    mutating func note(_ system: UInt8, _ component: UInt8, _ sequence: UInt8) -> Int {
        let previous = expected.updateValue(sequence &+ 1, forKey: Self.key(system, component))
        return previous.map { Int(sequence &- $0) } ?? 0
    }

    /// Records a frame that could not be verified: it counts only if its sender is already known from a verified frame.
    mutating func pass(_ system: UInt8, _ component: UInt8, _ sequence: UInt8) -> Int {
        expected[Self.key(system, component)] == nil ? 0 : note(system, component, sequence)
    }

    private static func key(_ system: UInt8, _ component: UInt8) -> UInt16 { UInt16(system) << 8 | UInt16(component) }
}
