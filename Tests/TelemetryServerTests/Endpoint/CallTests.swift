import Testing

@testable import TelemetryServer

/// Calls whose frames are written by hand: what no well-behaved client can be made to send.
@Suite("Telemetry calls")
struct CallTests {
    /// A client that has begun HTTP/2.
    private func client(_ test: TestEndpoint) throws -> RawClient {
        let client = try RawClient(port: test.port)
        try client.send(HTTP2Frames.preface)
        return client
    }

    @Test("A message in frames of one byte each is whole")
    func tinyFrames() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        let message = Messages.framed(Messages.batch([1, 2, 3]))
        try client.send(
            HTTP2Frames.head(1, path: Messages.stream) + message.flatMap { HTTP2Frames.data(1, [$0]) }
                + HTTP2Frames.data(1, [], end: true))
        let response = try client.awaitResponse(1)
        #expect(response.status == "0")
        #expect(Messages.accepted(response.body) == 3)
        #expect(await test.endpoint.finish().messages == 1)
        #expect(test.recording.samples.map(\.value) == [1, 2, 3])
    }

    @Test("Many messages in one frame are each taken")
    func manyInOneFrame() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        let messages = (0..<100).flatMap { Messages.framed(Messages.batch([Double($0)])) }
        try client.send(HTTP2Frames.head(1, path: Messages.stream) + HTTP2Frames.data(1, messages, end: true))
        #expect(Messages.accepted(try client.awaitResponse(1).body) == 100)
        #expect(await test.endpoint.finish().messages == 100)
        #expect(test.recording.samples.map(\.value) == (0..<100).map(Double.init))
    }

    @Test(
        "What isn't gRPC gets an HTTP error",
        arguments: [("content-type", "text/plain", "415"), ("content-type", "", "415"), (":method", "PUT", "405")])
    func httpErrors(field: String, value: String, status: String) async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        try client.send(HTTP2Frames.head(1, path: Messages.report, [field: value]))
        #expect(try client.awaitResponse(1).fields == [":status": status])
        #expect(await test.endpoint.finish().failedCalls == 1)
    }

    @Test("An unknown compression is UNIMPLEMENTED, with those that there are; the answer doesn't wait for the request's end")
    func unknownCompression() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        try client.send(HTTP2Frames.head(1, path: Messages.report, ["grpc-encoding": "snappy"]))
        let response = try client.awaitResponse(1)
        #expect(response.status == "12")
        #expect(response.fields["grpc-accept-encoding"] == "identity,gzip,deflate")
        // The client is told to stop sending, without blame.
        #expect(try client.awaitFrame(HTTP2Frames.Kind.resetStream).payload == [0, 0, 0, 0])
        _ = await test.endpoint.finish()
    }

    @Test("A compressed message without a named compression is INTERNAL")
    func unnamedCompression() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        let message = Messages.framed(Messages.gzip(Messages.batch([1])), isCompressed: true)
        try client.send(HTTP2Frames.head(1, path: Messages.report) + HTTP2Frames.data(1, message, end: true))
        #expect(try client.awaitResponse(1).status == "13")
        #expect(await test.endpoint.finish().samples == 0)
    }

    @Test("A call that names a compression may send plain messages too")
    func mixedCompression() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        let messages =
            Messages.framed(Messages.gzip(Messages.batch([1])), isCompressed: true) + Messages.framed(Messages.batch([2]))
        try client.send(
            HTTP2Frames.head(1, path: Messages.stream, ["grpc-encoding": "gzip"])
                + HTTP2Frames.data(1, messages, end: true))
        #expect(Messages.accepted(try client.awaitResponse(1).body) == 2)
        _ = await test.endpoint.finish()
    }

    @Test("A small message that decompresses to a huge one is RESOURCE_EXHAUSTED")
    func bomb() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        let bomb = Messages.gzip([UInt8](repeating: 0, count: 12 << 20))
        try client.send(
            HTTP2Frames.head(1, path: Messages.report, ["grpc-encoding": "gzip"])
                + HTTP2Frames.data(1, Messages.framed(bomb, isCompressed: true), end: true))
        let response = try client.awaitResponse(1)
        #expect(response.status == "8")
        _ = await test.endpoint.finish()
    }

    @Test("A small message that decodes to a huge one is RESOURCE_EXHAUSTED")
    func manyEmptyColumns() async throws {
        var limits = TelemetryLimits()
        limits.maxDecodedBytes = 1 << 20
        let test = try await TestEndpoint(limits: limits)
        let client = try client(test)
        // Columns without anything in them: two bytes each on the wire, about a hundred in memory.
        let columns = [[UInt8]](repeating: [18, 0], count: 30_000).flatMap(\.self)
        let message = Messages.framed(Messages.gzip(columns), isCompressed: true)
        try client.send(
            HTTP2Frames.head(1, path: Messages.report, ["grpc-encoding": "gzip"])
                + HTTP2Frames.data(1, message, end: true))
        #expect(try client.awaitResponse(1).status == "8")
        _ = await test.endpoint.finish()
    }

    @Test("A call that ends inside a message, or without one, is INTERNAL", arguments: [[], [0, 0, 0, 0, 9, 1]] as [[UInt8]])
    func cutShort(bytes: [UInt8]) async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        try client.send(HTTP2Frames.head(1, path: Messages.report) + HTTP2Frames.data(1, bytes, end: true))
        #expect(try client.awaitResponse(1).status == "13")
        _ = await test.endpoint.finish()
    }

    @Test("The server itself ends a call whose deadline passes, and takes no more of it")
    func deadline() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        let batch = Messages.framed(Messages.batch([1]))
        try client.send(
            HTTP2Frames.head(1, path: Messages.stream, ["grpc-timeout": "20m"]) + HTTP2Frames.data(1, batch))
        #expect(try client.awaitResponse(1).status == "4")
        try client.send(HTTP2Frames.data(1, batch, end: true))
        try client.send(HTTP2Frames.head(3, path: Messages.report) + HTTP2Frames.data(3, batch, end: true))
        #expect(try client.awaitResponse(3).status == "0")
        #expect(await test.endpoint.finish().samples == 2)
    }

    @Test("A reset call ends at once; what it sent stays, and the connection goes on")
    func reset() async throws {
        let test = try await TestEndpoint()
        let client = try client(test)
        let batch = Messages.framed(Messages.batch([1]))
        try client.send(
            HTTP2Frames.head(1, path: Messages.stream) + HTTP2Frames.data(1, batch) + HTTP2Frames.reset(1)
                + HTTP2Frames.head(3, path: Messages.report) + HTTP2Frames.data(3, batch, end: true))
        #expect(try client.awaitResponse(3).status == "0")
        let counters = await test.endpoint.finish()
        #expect((counters.samples, counters.calls, counters.protocolErrors) == (2, 2, 0))
    }

    @Test("Header fields over the limit are RESOURCE_EXHAUSTED")
    func largeHead() async throws {
        var limits = TelemetryLimits()
        limits.maxHeaderListBytes = 2_000
        let test = try await TestEndpoint(limits: limits)
        let client = try client(test)
        try client.send(HTTP2Frames.head(1, path: Messages.report, ["x": String(repeating: "y", count: 3_000)]))
        #expect(try client.awaitResponse(1).status == "8")
        _ = await test.endpoint.finish()
    }

    @Test("Unfinished messages share a limit; the call that goes beyond it ends, and makes room for others")
    func bufferedBytes() async throws {
        var limits = TelemetryLimits()
        limits.maxBufferedBytes = 20_000
        let test = try await TestEndpoint(limits: limits)
        let client = try client(test)
        let half = [0] + HTTP2Frames.bigEndian(100_000) + [UInt8](repeating: 0, count: 12_000)
        try client.send(HTTP2Frames.head(1, path: Messages.stream) + HTTP2Frames.data(1, half))
        try client.send(HTTP2Frames.head(3, path: Messages.stream) + HTTP2Frames.data(3, half))
        #expect(try client.awaitResponse(3).status == "8")
        try client.send(HTTP2Frames.reset(1))
        try client.send(HTTP2Frames.head(5, path: Messages.stream) + HTTP2Frames.data(5, half))
        try client.send(HTTP2Frames.data(5, [1], end: true))
        #expect(try client.awaitResponse(5).status == "13")
        _ = await test.endpoint.finish()
    }
}
