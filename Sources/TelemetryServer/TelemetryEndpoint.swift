import EventLoop
import Synchronization

/// One job's telemetry endpoint. Destroying it finishes it.
public final class TelemetryEndpoint: Sendable {
    public let port: UInt16
    private let id: UInt64
    private let loop: EventLoop
    private let outcome: EndpointOutcome

    init(id: UInt64, port: UInt16, loop: EventLoop, outcome: EndpointOutcome) {
        self.id = id
        self.port = port
        self.loop = loop
        self.outcome = outcome
    }

    /// The address that clients connect to, such as `http://127.0.0.1:40123`; without the scheme it is a gRPC target.
    public var url: String { "http://127.0.0.1:\(port)" }

    /// Ends the endpoint. To be called when the job's processes have ended: waiting connections are accepted, everything
    /// received is read to its end and passed to the sink, then all connections are closed and the sink's `finish` is called.
    ///
    /// A connection that a process still holds open is closed when nothing has arrived for `TelemetryLimits.drainQuietPeriod`.
    /// May be called more than once, with the same result. If the loop ends first, the result is what had been counted by then.
    public func finish() async -> TelemetryCounters {
        requestFinish()
        return await outcome.value()
    }

    /// Accepts samples from within this process as if a client had sent them. Any thread, never blocks; after `finish` they are
    /// dropped.
    public func accept(_ samples: [TelemetrySample]) {
        let id = id
        loop.execute { context in
            context.local(EndpointRegistry.init).endpoints[id]?.accept(samples)
        }
    }

    private func requestFinish() {
        let id = id
        loop.execute { context in
            let registry = context.local(EndpointRegistry.init)
            registry.endpoints[id]?.finish { registry.endpoints[id] = nil }
        }
    }

    deinit {
        requestFinish()
    }
}

/// The final counters of an endpoint, and the tasks that wait for them.
final class EndpointOutcome: Sendable {
    private struct State {
        var counters: TelemetryCounters?
        var waiting: [CheckedContinuation<TelemetryCounters, Never>] = []
    }

    private let state = Mutex(State())
    private let onSettled: @Sendable () -> Void

    /// - Parameter onSettled: called once.
    init(onSettled: @escaping @Sendable () -> Void) { self.onSettled = onSettled }

    /// Sets the final counters. Only the first call has an effect.
    func settle(_ counters: TelemetryCounters) {
        let waiting = state.withLock { state -> [CheckedContinuation<TelemetryCounters, Never>]? in
            guard state.counters == nil else { return nil }
            state.counters = counters
            defer { state.waiting = [] }
            return state.waiting
        }
        guard let waiting else { return }
        onSettled()
        for continuation in waiting { continuation.resume(returning: counters) }
    }

    func value() async -> TelemetryCounters {
        await withCheckedContinuation { continuation in
            let settled = state.withLock { state in
                if state.counters == nil { state.waiting.append(continuation) }
                return state.counters
            }
            if let settled { continuation.resume(returning: settled) }
        }
    }
}
