import EventLoop
import Foundation
import Testing

@testable import TelemetryServer

@Suite("Finishing an endpoint")
struct FinishTests {
    private func stream(_ values: [Double]) -> [UInt8] {
        HTTP2Frames.preface + HTTP2Frames.head(1, path: Messages.stream)
            + values.flatMap { HTTP2Frames.data(1, Messages.framed(Messages.batch([$0]))) }
    }

    @Test(
        "What waits when the endpoint finishes is taken in, however long that takes: connections not accepted, bytes not read, calls not ended",
        arguments: [Duration.seconds(2), .zero])
    func backlog(drainTimeout: Duration) async throws {
        var limits = TelemetryLimits()
        limits.drainTimeout = drainTimeout
        let test = try await TestEndpoint(limits: limits)
        let hold = DispatchSemaphore(value: 0)
        // The loop sees nothing of what follows until it finishes.
        test.loop.execute { _ in hold.wait() }
        let values = (0..<5_000).map(Double.init)
        let clients = try (0..<3).map { _ in try RawClient(port: test.port) }
        for client in clients {
            try client.send(stream(values))
            client.endSending()
        }
        async let counters = test.endpoint.finish()
        hold.signal()
        let result = await counters
        #expect((result.samples, result.messages, result.connections) == (15_000, 15_000, 3))
        #expect(test.recording.samples.count == 15_000)
        #expect(test.recording.finishes == 1)
        for client in clients { try client.awaitClose() }
    }

    @Test("More than the socket buffers hold is still read to its end")
    func beyondBuffers() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        let message = HTTP2Frames.data(1, Messages.framed(Messages.batch((0..<300).map(Double.init))))
        try client.send(stream([]) + HTTP2Frames.frame(HTTP2Frames.Kind.ping, 0, 0, [UInt8](repeating: 1, count: 8)))
        _ = try client.awaitFrame(HTTP2Frames.Kind.ping)
        let hold = DispatchSemaphore(value: 0)
        test.loop.execute { _ in hold.wait() }
        let sender = Task.detached { [descriptor = client.descriptor] in
            // Less than the connection's window, more than a socket takes at once.
            let bytes = (0..<90).flatMap { _ in message }
            var sent = 0
            while sent < bytes.count {
                let count = bytes.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, CInt(MSG_NOSIGNAL))
                }
                guard count > 0 else { break }
                sent += count
            }
            shutdown(descriptor, CInt(SHUT_WR))
            return sent == bytes.count
        }
        async let counters = test.endpoint.finish()
        hold.signal()
        let result = await counters
        #expect(await sender.value)
        #expect(result.samples == 90 * 300)
        withExtendedLifetime(client) {}
    }

    @Test("A connection that somebody holds open is closed once it is quiet")
    func heldOpen() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        try client.send(stream([1, 2]))
        #expect(await test.endpoint.finish().samples == 2)
        try client.awaitClose()
    }

    @Test("One that goes on sending is closed when the time is up")
    func neverQuiet() async throws {
        var limits = TelemetryLimits()
        limits.drainQuietPeriod = .milliseconds(5)
        limits.drainTimeout = .milliseconds(50)
        let test = try await TestEndpoint(limits: limits)
        let client = try RawClient(port: test.port)
        try client.send(HTTP2Frames.preface)
        let sender = Task.detached { [descriptor = client.descriptor] in
            let ping = HTTP2Frames.frame(HTTP2Frames.Kind.ping, 1, 0, [UInt8](repeating: 1, count: 8))
            while ping.withUnsafeBytes({ Glibc.send(descriptor, $0.baseAddress!, $0.count, CInt(MSG_NOSIGNAL)) }) > 0 {}
        }
        #expect(await test.endpoint.finish().connections == 1)
        await sender.value
        withExtendedLifetime(client) {}
    }

    @Test("Finishing again gives the same answer, and the sink is told once")
    func twice() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        try client.send(stream([1]))
        async let first = test.endpoint.finish()
        async let second = test.endpoint.finish()
        let answers = await [first, second, test.endpoint.finish()]
        #expect(answers.allSatisfy { $0 == answers[0] })
        #expect(answers[0].samples == 1)
        #expect(test.recording.finishes == 1)
        #expect(throws: RawClient.Failure.self) { _ = try RawClient(port: test.port) }
    }

    @Test("Letting go of an endpoint finishes it")
    func letGo() async throws {
        let loop = try EventLoop(name: "let-go")
        let recording = Recording()
        let server = TelemetryServer(loops: [loop])
        let port = try await server.openEndpoint(allowedUID: getuid()) { recording.makeSink() }.port
        // The first hop comes after the request to finish.
        try await loop.run { _ in }
        #expect(recording.finishes == 1)
        #expect(throws: RawClient.Failure.self) { _ = try RawClient(port: port) }
    }

    @Test("When the loop ends first, finishing gives what had been counted")
    func loopEnds() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        try client.send(
            HTTP2Frames.preface + HTTP2Frames.head(1, path: Messages.report)
                + HTTP2Frames.data(1, Messages.framed(Messages.batch([1])), end: true))
        #expect(try client.awaitResponse(1).status == "0")
        test.loop.shutDown()
        #expect(await test.endpoint.finish().samples == 1)
        await #expect(throws: EventLoopStopped.self) {
            _ = try await test.server.openEndpoint(allowedUID: getuid()) { test.recording.makeSink() }
        }
    }

    @Test("Endpoints have addresses of their own, on loopback")
    func addresses() async throws {
        let first = try await TestEndpoint()
        let second = try await TestEndpoint(on: first.loop)
        #expect(first.port != second.port)
        #expect(first.endpoint.url == "http://127.0.0.1:\(first.port)")
        _ = await (first.endpoint.finish(), second.endpoint.finish())
    }
}
