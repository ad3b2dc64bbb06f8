public import EventLoop
public import Glibc
import Synchronization

/// gRPC servers for `tetryx.telemetry.v1.TelemetryService` and `grpc.health.v1.Health`: one endpoint per job, each with a
/// listener of its own on loopback, all served by one event loop.
public final class TelemetryServer: Sendable {
    private static let lastID = Atomic<UInt64>(0)

    private let loop: EventLoop
    private let limits: TelemetryLimits

    public init(loop: EventLoop, limits: TelemetryLimits = TelemetryLimits()) {
        self.loop = loop
        self.limits = limits
    }

    /// Opens a listener on 127.0.0.1 with a port of the kernel's choice. Only processes of the user `allowedUID` may connect:
    /// that user exactly, not root besides. The sink is made on the loop's thread, and called there.
    /// Throws `SystemError` when descriptors or ports run out, `EventLoopStopped` after the loop's end.
    public func openEndpoint(
        allowedUID: uid_t, makeSink: @escaping @Sendable () -> any TelemetrySink
    ) async throws -> TelemetryEndpoint {
        let id = Self.lastID.add(1, ordering: .relaxed).newValue
        let outcome = EndpointOutcome()
        let limits = limits
        let port = try await loop.run { context in
            let core = try EndpointCore(
                allowedUID: allowedUID, limits: limits, makeSink: makeSink, outcome: outcome, context: context)
            try core.listen()
            context.local(EndpointRegistry.init).endpoints[id] = core
            return core.port
        }
        return TelemetryEndpoint(id: id, port: port, loop: loop, outcome: outcome)
    }
}

/// The endpoints of one loop that haven't finished; lives in the loop.
final class EndpointRegistry {
    var endpoints: [UInt64: EndpointCore] = [:]
}
