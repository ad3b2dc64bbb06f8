import EventLoop
import Testing
import TestSupport

@testable import TelemetryServer

/// Random input to a connection without a socket. Seeded: a failure can be repeated.
@Suite("A connection fed with damaged input")
struct GRPCConnectionFuzzTests {
    /// A conversation that is right: heads, messages of all kinds, pings, resets.
    private static func conversation(_ generator: inout SplitMix64) -> [UInt8] {
        var bytes = HTTP2Frames.preface
        let paths = GRPCMethod.allCases.map(\.rawValue) + ["/nosuch/Method"]
        for index in 0..<UInt32.random(in: 1...8, using: &generator) {
            let stream = 2 * index + 1
            let isCompressed = Bool.random(using: &generator)
            let plain = Messages.batch((0..<Int.random(in: 0...20, using: &generator)).map(Double.init))
            let message = Messages.framed(isCompressed ? Messages.gzip(plain) : plain, isCompressed: isCompressed)
            bytes += HTTP2Frames.head(
                stream, path: paths.randomElement(using: &generator)!, ["grpc-encoding": isCompressed ? "gzip" : ""])
            var rest = message[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 1...200, using: &generator))
                rest = rest.dropFirst(piece.count)
                bytes += HTTP2Frames.data(stream, Array(piece), end: rest.isEmpty && Bool.random(using: &generator))
            }
            if Int.random(in: 0..<4, using: &generator) == 0 { bytes += HTTP2Frames.reset(stream) }
            bytes += HTTP2Frames.frame(HTTP2Frames.Kind.ping, 0, 0, [UInt8](repeating: 0, count: 8))
        }
        return bytes
    }

    private static func damage(_ bytes: inout [UInt8], _ generator: inout SplitMix64) {
        for _ in 0..<Int.random(in: 0...6, using: &generator) {
            let position = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &generator)
            case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 2: bytes.remove(at: position)
            default: bytes.insert(UInt8.random(in: 0...255, using: &generator), at: position)
            }
        }
    }

    /// Feeds the bytes in random pieces; returns the most output that was ever waiting.
    private static func feed(_ bytes: [UInt8], _ endpoint: EndpointState, _ generator: inout SplitMix64) throws -> Int {
        let connection = try GRPCConnection(endpoint: endpoint)
        var rest = bytes[...]
        var most = 0
        while !rest.isEmpty {
            let piece = Array(rest.prefix(Int.random(in: 1...600, using: &generator)))
            rest = rest.dropFirst(piece.count)
            guard piece.withUnsafeBytes(connection.receive) else { break }
            var output: [UInt8] = []
            guard connection.appendOutput(to: &output, limit: .max) else { break }
            most = max(most, output.count)
            if connection.isOver { break }
        }
        return most
    }

    @Test("Whatever comes in, the connection survives or ends, and answers stay in proportion", arguments: 0..<8)
    func fuzz(seed: UInt64) async throws {
        let loop = try EventLoop(name: "fuzz")
        defer { loop.shutDown() }
        let recording = Recording()
        let (untouched, most) = try await loop.run { context in
            var generator = SplitMix64(state: seed)
            let endpoint = EndpointState(limits: TelemetryLimits(), sink: recording.makeSink(), context: context)
            var most = 0
            for _ in 0..<400 {
                var bytes = Self.conversation(&generator)
                switch Int.random(in: 0..<8, using: &generator) {
                case 0: bytes = bytes.indices.map { _ in UInt8.random(in: 0...255, using: &generator) }
                case 1: bytes = HTTP2Frames.preface + bytes.indices.map { _ in UInt8.random(in: 0...255, using: &generator) }
                default: Self.damage(&bytes, &generator)
                }
                most = max(most, try Self.feed(bytes, endpoint, &generator))
            }
            // All calls are gone, and with them what they held.
            return (endpoint.bufferChanged(from: 0, to: endpoint.limits.maxBufferedBytes), most)
        }
        #expect(untouched)
        #expect(most < 16 << 10)
        #expect(!recording.samples.isEmpty)
    }
}
