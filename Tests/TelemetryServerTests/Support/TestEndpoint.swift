import EventLoop
import Glibc
import TelemetryServer

/// A server with one endpoint, and a recording of what it takes in.
struct TestEndpoint {
    let loop: EventLoop
    let server: TelemetryServer
    let endpoint: TelemetryEndpoint
    let recording = Recording()

    init(limits: TelemetryLimits = TelemetryLimits(), allowedUID: uid_t = getuid()) async throws {
        let loop = try EventLoop(name: "telemetry-test")
        try await self.init(on: loop, limits: limits, allowedUID: allowedUID)
    }

    /// One more endpoint of a loop that others use too.
    init(on loop: EventLoop, limits: TelemetryLimits = TelemetryLimits(), allowedUID: uid_t = getuid()) async throws {
        self.loop = loop
        server = TelemetryServer(loops: [loop], limits: limits)
        let recording = recording
        endpoint = try await server.openEndpoint(allowedUID: allowedUID) { recording.makeSink() }
    }

    var port: UInt16 { endpoint.port }
}
