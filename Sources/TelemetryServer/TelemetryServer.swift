public import EventLoop
public import Glibc
import Support
import Synchronization

/// gRPC servers for `tetryx.telemetry.v1.TelemetryService` and `grpc.health.v1.Health`: one endpoint per job, each with a
/// listener of its own on loopback.
///
/// An endpoint lives on one event loop from its first connection to its end, so that nothing of it is shared between threads.
public final class TelemetryServer: Sendable {
    private static let lastID = Atomic<UInt64>(0)

    private let loops: [EventLoop]
    private let limits: TelemetryLimits
    /// The number of endpoints on each loop.
    private let endpoints: Mutex<[Int]>

    /// - Parameter loops: the loops that share the endpoints; a new endpoint goes to the loop with the fewest.
    public init(loops: [EventLoop], limits: TelemetryLimits = TelemetryLimits()) {
        precondition(!loops.isEmpty)
        self.loops = loops
        self.limits = limits
        endpoints = Mutex([Int](repeating: 0, count: loops.count))
    }

    /// Opens a listener on 127.0.0.1 with a port that the kernel chooses. Only processes of the user `allowedUID` may connect;
    /// root may not. The sink is made and called on its loop's thread. Throws `SystemError` if descriptors or ports run out,
    /// `EventLoopStopped` after the loop's end.
    public func openEndpoint(
        allowedUID: uid_t, makeSink: @escaping @Sendable () -> any TelemetrySink
    ) async throws -> TelemetryEndpoint {
        let id = Self.lastID.add(1, ordering: .relaxed).newValue
        let place = reserveLoop()
        let loop = loops[place]
        let outcome = EndpointOutcome { [self] in endpoints.withLock { $0[place] -= 1 } }
        let limits = limits
        do {
            let port = try await loop.run { context in
                let core = try EndpointCore(
                    allowedUID: allowedUID, limits: limits, makeSink: makeSink, outcome: outcome, context: context)
                try core.listen()
                context.local(EndpointRegistry.init).endpoints[id] = core
                return core.port
            }
            return TelemetryEndpoint(id: id, port: port, loop: loop, outcome: outcome)
        } catch {
            outcome.settle(TelemetryCounters())
            throw error
        }
    }

    /// Chooses the loop with the fewest endpoints and counts one more on it.
    private func reserveLoop() -> Int {
        endpoints.withLock { endpoints in
            let place = endpoints.indices.min { endpoints[$0] < endpoints[$1] }!
            endpoints[place] += 1
            return place
        }
    }
}

/// The unfinished endpoints of one loop; stored in the loop.
final class EndpointRegistry {
    var endpoints: [UInt64: EndpointCore] = [:]
}
