import Testing

@testable import TelemetryServer

@Suite("Framing messages")
struct MessageFramerTests {
    private struct Piece: Equatable {
        var isCompressed: Bool
        var bytes: [UInt8]
    }

    private func feed(_ framer: inout MessageFramer, _ bytes: [UInt8]) throws -> [Piece] {
        var pieces: [Piece] = []
        try bytes.withUnsafeBytes { bytes in
            try framer.feed(bytes) { isCompressed, message in
                pieces.append(Piece(isCompressed: isCompressed, bytes: Array(message)))
            }
        }
        return pieces
    }

    private let messages: [[UInt8]] = [[1, 2, 3], [], Array(0...255), [9]]

    @Test("However the bytes are cut, the same messages come out", arguments: 1...20)
    func cuts(size: Int) throws {
        let bytes = messages.flatMap { Messages.framed($0, isCompressed: $0.count == 1) }
        var framer = MessageFramer(maxMessageBytes: 1_000)
        var pieces: [Piece] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            pieces += try feed(&framer, Array(bytes[start..<min(start + size, bytes.count)]))
        }
        #expect(pieces == messages.map { Piece(isCompressed: $0.count == 1, bytes: $0) })
        #expect(!framer.isInsideMessage)
    }

    @Test("Many messages come out of one piece")
    func together() throws {
        var framer = MessageFramer(maxMessageBytes: 1_000)
        let pieces = try feed(&framer, messages.flatMap { Messages.framed($0) })
        #expect(pieces.map(\.bytes) == messages)
    }

    @Test("The limit is exact, and seen in the header already")
    func limit() throws {
        var framer = MessageFramer(maxMessageBytes: 10)
        #expect(try feed(&framer, Messages.framed([UInt8](repeating: 7, count: 10))).count == 1)
        #expect(throws: GRPCStatus(.resourceExhausted, "a message of 11 bytes is over the limit of 10")) {
            _ = try feed(&framer, [0, 0, 0, 0, 11])
        }
        var slow = MessageFramer(maxMessageBytes: 10)
        #expect(try feed(&slow, [0, 255, 255]).isEmpty)
        #expect(throws: GRPCStatus.self) { _ = try feed(&slow, [255, 255]) }
    }

    @Test("A flag other than 0 and 1 is INTERNAL")
    func flag() {
        var framer = MessageFramer(maxMessageBytes: 10)
        #expect(throws: GRPCStatus(.internal, "a message begins with 2; 0 (plain) or 1 (compressed) would be right")) {
            _ = try feed(&framer, [2, 0, 0, 0, 0])
        }
    }

    @Test("Memory is held for what has come, not for what was announced")
    func memory() throws {
        var framer = MessageFramer(maxMessageBytes: 1 << 30)
        _ = try feed(&framer, [0, 0x3f, 255, 255, 255, 1, 2, 3])
        #expect(framer.bufferedBytes == 8)
        #expect(framer.isInsideMessage)
    }

    @Test("An error from the receiver ends the feeding")
    func receiverError() {
        var framer = MessageFramer(maxMessageBytes: 10)
        var calls = 0
        let bytes = Messages.framed([1]) + Messages.framed([2])
        #expect(throws: GRPCStatus(.internal, "no")) {
            try bytes.withUnsafeBytes { bytes in
                try framer.feed(bytes) { _, _ throws(GRPCStatus) in
                    calls += 1
                    throw GRPCStatus(.internal, "no")
                }
            }
        }
        #expect(calls == 1)
    }
}
