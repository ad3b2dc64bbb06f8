import Glibc
import Testing

@testable import TelemetryServer

/// The official Python client against the server.
@Suite("The telemetry server and grpcio")
struct GRPCIOTests {
    /// What `messages.rows` sends.
    private func rows(_ range: Range<Int>) -> [RecordedSample] {
        range.map { RecordedSample(name: "orbit.radius_km", units: "km", simTime: Double($0), value: 2 * Double($0)) }
    }

    @Test("A unary report arrives whole and is acknowledged")
    func report() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("report", test.port)
        #expect(answer.accepted == 3)
        let counters = await test.endpoint.finish()
        #expect(test.recording.samples == rows(0..<3))
        #expect(test.recording.finishes == 1)
        #expect(counters.samples == 3)
        #expect((counters.messages, counters.calls, counters.failedCalls) == (1, 1, 0))
        #expect((counters.connections, counters.rejectedConnections, counters.protocolErrors) == (1, 0, 0))
    }

    @Test("A stream of many batches arrives in order, and the acknowledgement counts it")
    func stream() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("stream", test.port, "1000", "7")
        #expect(answer.accepted == 7_000)
        let counters = await test.endpoint.finish()
        #expect(test.recording.samples == rows(0..<7_000))
        #expect((counters.samples, counters.messages, counters.calls) == (7_000, 1_000, 1))
    }

    @Test("A stream goes on far beyond the flow-control windows, in messages of many frames")
    func longStream() async throws {
        let test = try await TestEndpoint()
        // About 40 bytes a sample: 16 MB over a window of 1 MB, in messages of 400 kB.
        let answer = try await PythonClient.run("stream", test.port, "40", "10000")
        #expect(answer.accepted == 400_000)
        #expect(await test.endpoint.finish().samples == 400_000)
        #expect(test.recording.samples.last == rows(399_999..<400_000)[0])
    }

    @Test("Columns arrive row by row")
    func columns() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("columns", test.port, "1000")
        #expect(answer.accepted == 1_000)
        _ = await test.endpoint.finish()
        let expected = (0..<1_000).map {
            RecordedSample(name: "orbit.speed_km_s", units: "km/s", simTime: Double($0), value: 3 * Double($0))
        }
        #expect(test.recording.samples == expected)
    }

    @Test("A stream without a message is acknowledged with zero")
    func emptyStream() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("empty_stream", test.port)
        #expect(answer.accepted == 0)
        #expect(await test.endpoint.finish().samples == 0)
    }

    @Test("Compressed messages are understood", arguments: ["Gzip", "Deflate"])
    func compressed(algorithm: String) async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("compressed", test.port, algorithm)
        #expect(answer.accepted == 2_500)
        _ = await test.endpoint.finish()
        #expect(test.recording.samples == rows(0..<2_500))
    }

    @Test("More calls at once than the connection may have are all answered")
    func concurrent() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("concurrent", test.port, "500")
        #expect(answer.accepted == 500)
        let counters = await test.endpoint.finish()
        #expect((counters.samples, counters.calls, counters.failedCalls) == (500, 500, 0))
        #expect(Set(test.recording.samples) == Set(rows(0..<500)))
    }

    @Test("A message over the limit is RESOURCE_EXHAUSTED")
    func tooLarge() async throws {
        var limits = TelemetryLimits()
        limits.maxMessageBytes = 100_000
        let test = try await TestEndpoint(limits: limits)
        let answer = try await PythonClient.run("too_large", test.port, "5000000")
        #expect(answer.status == "RESOURCE_EXHAUSTED")
        #expect(answer.details == "a message of 5000000 bytes is over the limit of 100000")
        #expect(await test.endpoint.finish().failedCalls == 1)
    }

    @Test(
        "An unknown method or service is UNIMPLEMENTED",
        arguments: ["/tetryx.telemetry.v1.TelemetryService/Nosuch", "/nosuch.Service/Report"])
    func unknownMethod(path: String) async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("unknown_method", test.port, path)
        #expect(answer.status == "UNIMPLEMENTED")
        #expect(answer.details == "no method \(path)")
        _ = await test.endpoint.finish()
    }

    @Test("Bytes that aren't a batch are INTERNAL; the batches before them in the call stay")
    func garbage() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("garbage", test.port)
        #expect(answer.status == "INTERNAL")
        let counters = await test.endpoint.finish()
        #expect(counters.samples == 2)
        #expect((counters.refusedMessages, counters.firstMessageRefusal) == (1, "a message is not a TelemetryBatch"))
        #expect(test.recording.samples == rows(0..<2))
    }

    @Test("A series with more times than values is refused alone")
    func unequalSeries() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("unequal_series", test.port)
        #expect(answer.accepted == 2)
        #expect(await test.endpoint.finish().refusals.map(\.samples) == [2])
        #expect(test.recording.samples == rows(0..<2))
    }

    @Test("A name that is missing or not UTF-8 is refused and counted", arguments: ["bad_utf8", "no_name"])
    func badName(name: String) async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run(name, test.port)
        #expect(answer.accepted == 0)
        let counters = await test.endpoint.finish()
        #expect((counters.samples, counters.refusals.map(\.samples)) == (0, [1]))
    }

    @Test("Bad samples cost no other one of a call, unary or streamed, in rows or in columns", arguments: ["report", "stream"], ["rows", "columns"])
    func badSamples(method: String, shape: String) async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("bad_samples", test.port, method, shape)
        #expect(answer.accepted == 4)
        let counters = await test.endpoint.finish()
        #expect(test.recording.samples.map(\.value) == [1, -7, 1, -7])
        #expect(counters.refusals.map(\.reason) == ["the name has more than 256 bytes", "the name is empty", "the units have more than 64 bytes"])
        #expect(counters.refusals.map(\.samples) == [2, 2, 2])
        #expect((counters.failedCalls, counters.refusedMessages) == (0, 0))
    }

    @Test("A second message in a unary call is INTERNAL")
    func twoMessages() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("two_messages", test.port)
        #expect(answer.status == "INTERNAL")
        _ = await test.endpoint.finish()
        #expect(test.recording.samples == rows(0..<1))
    }

    @Test("Calls that pass their deadline end; the connection goes on")
    func deadline() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("deadline", test.port)
        #expect(answer.late == ["DEADLINE_EXCEEDED", "DEADLINE_EXCEEDED"])
        #expect(answer.accepted == 1)
        let counters = await test.endpoint.finish()
        // Whether the late calls got as far as sending is up to the machine.
        #expect((1...3).contains(counters.samples))
        #expect(counters.connections == 1)
    }

    @Test("A cancelled call ends; the connection goes on")
    func cancel() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("cancel", test.port)
        #expect(answer.cancelled == true)
        #expect(answer.accepted == 1)
        let counters = await test.endpoint.finish()
        #expect((counters.connections, counters.calls, counters.protocolErrors) == (1, 2, 0))
        #expect(test.recording.samples.contains(rows(1..<2)[0]))
    }

    @Test("What a client sent before it was killed is kept")
    func killed() async throws {
        let test = try await TestEndpoint()
        #expect(try await PythonClient.runToDeath("killed", test.port) == SIGKILL)
        let counters = await test.endpoint.finish()
        #expect((5...6).contains(counters.samples))
        #expect(test.recording.samples.starts(with: rows(0..<5)))
        #expect(test.recording.finishes == 1)
    }

    @Test("The health service knows the telemetry service and nothing else")
    func health() async throws {
        let test = try await TestEndpoint()
        let answer = try await PythonClient.run("health", test.port)
        #expect(answer.checks == ["SERVING", "SERVING", "NOT_FOUND"])
        #expect(answer.watches == ["SERVING", "SERVING", "SERVICE_UNKNOWN", "DEADLINE_EXCEEDED"])
        _ = await test.endpoint.finish()
    }

    @Test(
        "Another user's connection is closed before it can say anything",
        .enabled(if: getuid() == 0, "becoming another user needs root"))
    func otherUser() async throws {
        let test = try await TestEndpoint()
        let turnedAway = try await PythonClient.run("other_user", test.port, "65534")
        #expect(turnedAway.status == "UNAVAILABLE")
        let counters = await test.endpoint.finish()
        #expect(counters.rejectedConnections >= 1)
        #expect((counters.connections, counters.calls) == (0, 0))

        let theirs = try await TestEndpoint(allowedUID: 65534)
        #expect(try await PythonClient.run("other_user", theirs.port, "65534").accepted == 1)
        #expect(try await PythonClient.run("other_user", theirs.port, "0").status == "UNAVAILABLE")
        #expect(await theirs.endpoint.finish().samples == 1)
    }

    @Test("One endpoint's misbehaving client changes nothing for another endpoint of the same loop")
    func twoEndpoints() async throws {
        let good = try await TestEndpoint()
        let bad = try await TestEndpoint(on: good.loop)
        async let goodAnswer = PythonClient.run("stream", good.port, "2000", "10")
        async let badAnswers = [
            PythonClient.run("garbage", bad.port), PythonClient.run("too_large", bad.port, "5000000"),
        ]
        async let death = PythonClient.runToDeath("killed", bad.port)
        #expect(try await goodAnswer.accepted == 20_000)
        #expect(try await badAnswers.map(\.status) == ["INTERNAL", "RESOURCE_EXHAUSTED"])
        #expect(try await death == SIGKILL)
        _ = await bad.endpoint.finish()
        let counters = await good.endpoint.finish()
        #expect((counters.samples, counters.messages, counters.failedCalls) == (20_000, 2_000, 0))
        #expect(good.recording.samples == rows(0..<20_000))
    }
}
