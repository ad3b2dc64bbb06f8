/// Finds MAVLink 1 and 2 frames in bytes as they come: split, several at once, with garbage before, between and after.
///
/// Nothing is allocated per frame, and no more is held than one unfinished frame and the bytes pushed last.
package struct MAVLinkParser {
    package private(set) var counters = MAVLinkCounters()
    /// The beginning of a frame whose rest has not come.
    private var pending: [UInt8] = []
    private var sequences = MAVLinkSequences()

    package init() {
        pending.reserveCapacity(4 * 1024)
    }

    /// Takes the bytes that came next, and gives each frame that they complete.
    package mutating func push(_ bytes: RawSpan, _ body: (MAVLinkFrame) -> Void) {
        if pending.isEmpty {
            let done = parse(bytes, body)
            append(bytes.extracting(done..<bytes.byteCount))
        } else {
            append(bytes)
            // Taken out, so that it can be read while this changes.
            var all: [UInt8] = []
            swap(&all, &pending)
            let done = parse(all.span.bytes, body)
            all.removeSubrange(..<done)
            swap(&all, &pending)
        }
    }

    /// The same for one datagram or other piece of memory.
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

    /// Returns how many of the bytes are done with.
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
            // Its checksum cannot be verified. It is taken for a frame where another one follows it, or nothing.
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
