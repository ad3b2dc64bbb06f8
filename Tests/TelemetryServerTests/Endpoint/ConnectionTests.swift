import EventLoop
import Foundation
import Testing

@testable import TelemetryServer

/// Connections that break off, break the rules, or take what isn't theirs.
@Suite("A telemetry connection")
struct ConnectionTests {
    private let report =
        HTTP2Frames.head(1, path: Messages.report)
        + HTTP2Frames.data(1, Messages.framed(Messages.batch([1])), end: true)

    @Test(
        "Bytes that aren't HTTP/2 close the connection; others don't notice",
        arguments: [
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}\u{0}",
            String(repeating: "x", count: 100_000),
        ])
    func garbage(text: String) async throws {
        let test = try await TestEndpoint()
        let other = try RawClient(port: test.port)
        try other.send(HTTP2Frames.preface)
        let client = try RawClient(port: test.port)
        // The server may close before it has been sent all.
        try? client.send(Array(text.utf8))
        try client.awaitClose()
        try other.send(report)
        #expect(try other.awaitResponse(1).status == "0")
        let counters = await test.endpoint.finish()
        #expect((counters.protocolErrors, counters.connections, counters.samples) == (1, 2, 1))
    }

    @Test("A client that goes in the middle of a message leaves what it sent before")
    func goneInsideMessage() async throws {
        let test = try await TestEndpoint()
        do {
            let client = try RawClient(port: test.port)
            try client.send(HTTP2Frames.preface + HTTP2Frames.head(1, path: Messages.stream))
            try client.send(HTTP2Frames.data(1, Messages.framed(Messages.batch([1, 2])) + [0, 0, 0, 1, 0, 1, 2, 3]))
            // The server has taken all of it in when it answers this.
            try client.send(HTTP2Frames.frame(HTTP2Frames.Kind.ping, 0, 0, [1, 2, 3, 4, 5, 6, 7, 8]))
            _ = try client.awaitFrame(HTTP2Frames.Kind.ping)
        }
        let counters = await test.endpoint.finish()
        #expect((counters.samples, counters.messages) == (2, 1))
    }

    @Test("A PING is answered with its own bytes")
    func ping() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        try client.send(HTTP2Frames.preface + HTTP2Frames.frame(HTTP2Frames.Kind.ping, 0, 0, [8, 7, 6, 5, 4, 3, 2, 1]))
        let answer = try client.awaitFrame(HTTP2Frames.Kind.ping)
        #expect(answer.payload == [8, 7, 6, 5, 4, 3, 2, 1])
        #expect(answer.flags == HTTP2Frames.Flag.acknowledgement)
        _ = await test.endpoint.finish()
    }

    @Test("After a client's GOAWAY its calls are still answered, then the connection ends")
    func goAway() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        try client.send(
            HTTP2Frames.preface + HTTP2Frames.head(1, path: Messages.stream)
                + HTTP2Frames.frame(HTTP2Frames.Kind.goAway, 0, 0, [UInt8](repeating: 0, count: 8)))
        try client.send(HTTP2Frames.data(1, Messages.framed(Messages.batch([1])), end: true))
        #expect(try client.awaitResponse(1).status == "0")
        client.endSending()
        try client.awaitClose()
        #expect(await test.endpoint.finish().samples == 1)
    }

    @Test("A client that closes its side after its request still gets the answer")
    func halfClosed() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        try client.send(HTTP2Frames.preface + report)
        client.endSending()
        #expect(try client.awaitResponse(1).status == "0")
        try client.awaitClose()
        _ = await test.endpoint.finish()
    }

    @Test("A client that opens and resets calls without end loses its connection")
    func rapidReset() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        try client.send(HTTP2Frames.preface)
        // The server stops reading once it has had enough.
        for stream in stride(from: UInt32(1), to: 40_001, by: 2) {
            let frames = HTTP2Frames.head(stream, path: Messages.stream) + HTTP2Frames.reset(stream)
            guard (try? client.send(frames)) != nil else { break }
        }
        try client.awaitClose()
        let counters = await test.endpoint.finish()
        #expect(counters.protocolErrors == 1)
        #expect(counters.calls < 20_000)
    }

    @Test("A client that never reads cannot make the server remember its answers: it is read no further")
    func neverReads() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        // A small receive buffer fills soon.
        var size: CInt = 4_096
        setsockopt(client.descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<CInt>.size))
        try client.send(HTTP2Frames.preface)
        _ = fcntl(client.descriptor, F_SETFL, O_NONBLOCK)
        // Each PING wants an answer; a frame of a kind that nobody knows goes with it, since PINGs alone are taken for a flood.
        let pings = (0..<500).flatMap { _ in
            HTTP2Frames.frame(HTTP2Frames.Kind.ping, 0, 0, [UInt8](repeating: 0, count: 8))
                + HTTP2Frames.frame(0xbe, 0, 0, [UInt8](repeating: 0, count: 130))
        }
        var sent = 0
        var isStopped = false
        let other = try RawClient(port: test.port)
        try other.send(HTTP2Frames.preface)
        var round = UInt8(0)
        while !isStopped, sent < 200 << 20 {
            let start = sent % pings.count
            let count = pings.withUnsafeBytes {
                Glibc.send(client.descriptor, $0.baseAddress! + start, $0.count - start, CInt(MSG_NOSIGNAL))
            }
            if count > 0 { sent += count }
            if count < 0, errno != EAGAIN { break }
            if count < 0 {
                // Full for now. Each answer to another client is a round of the loop, in which it could read on: after so
                // many it would have emptied the largest socket buffers.
                for _ in 0..<250 {
                    round &+= 1
                    try other.send(HTTP2Frames.frame(HTTP2Frames.Kind.ping, 0, 0, [round, 0, 0, 0, 0, 0, 0, 0]))
                    while try other.awaitFrame(HTTP2Frames.Kind.ping).payload[0] != round {}
                }
                var entry = pollfd(fd: client.descriptor, events: Int16(POLLOUT), revents: 0)
                isStopped = poll(&entry, 1, 0) == 0
            }
        }
        #expect(isStopped, "\(sent) bytes were taken in")
        try other.send(report)
        #expect(try other.awaitResponse(1).status == "0")
        #expect(await test.endpoint.finish().samples == 1)
    }

    @Test("A flood of PINGs closes the connection")
    func pingFlood() async throws {
        let test = try await TestEndpoint()
        let client = try RawClient(port: test.port)
        let pings = (0..<3_000).flatMap { _ in
            HTTP2Frames.frame(HTTP2Frames.Kind.ping, 0, 0, [UInt8](repeating: 0, count: 8))
        }
        // All of them are there when the server reads; one by one they would be answered.
        let hold = DispatchSemaphore(value: 0)
        test.loop.execute { _ in hold.wait() }
        try client.send(HTTP2Frames.preface + pings)
        hold.signal()
        try client.awaitClose()
        #expect(await test.endpoint.finish().protocolErrors == 1)
    }

    @Test("A connection that says nothing is closed; one that began HTTP/2 may be silent")
    func handshake() async throws {
        var limits = TelemetryLimits()
        limits.handshakeTimeout = .milliseconds(1)
        let test = try await TestEndpoint(limits: limits)
        // What has come by the time that the loop looks counts, however late it looks.
        let hold = DispatchSemaphore(value: 0)
        test.loop.execute { _ in hold.wait() }
        let silent = try RawClient(port: test.port)
        let begun = try RawClient(port: test.port)
        try begun.send(HTTP2Frames.preface)
        hold.signal()
        try silent.awaitClose()
        try begun.send(report)
        #expect(try begun.awaitResponse(1).status == "0")
        _ = await test.endpoint.finish()
    }

    @Test("Connections beyond the limit are closed; room made is room again")
    func maxConnections() async throws {
        var limits = TelemetryLimits()
        limits.maxConnections = 2
        let test = try await TestEndpoint(limits: limits)
        var kept: [RawClient] = []
        for _ in 0..<2 {
            let client = try RawClient(port: test.port)
            try client.send(HTTP2Frames.preface)
            _ = try client.awaitFrame(HTTP2Frames.Kind.settings)
            kept.append(client)
        }
        try RawClient(port: test.port).awaitClose()
        let last = kept.removeLast()
        last.endSending()
        try last.awaitClose()
        let next = try RawClient(port: test.port)
        try next.send(HTTP2Frames.preface + report)
        #expect(try next.awaitResponse(1).status == "0")
        let counters = await test.endpoint.finish()
        #expect((counters.connections, counters.rejectedConnections) == (3, 1))
    }
}
