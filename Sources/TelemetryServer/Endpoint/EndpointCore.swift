import EventLoop
import Glibc
import Support

/// The part of one endpoint that lives on its loop: accepts, holds and finally closes connections.
final class EndpointCore {
    private enum Phase {
        case open
        case draining
        case finished
    }

    /// The pause in nanoseconds before waiting connections are tried again when descriptors have run out.
    private static let acceptPause: UInt64 = 100_000_000
    private static let acceptsPerTurn = 32

    let port: UInt16
    private let allowedUID: uid_t
    private let state: EndpointState
    private let outcome: EndpointOutcome
    private var listener: LoopbackListener?
    private var watch: Watch?
    private var connections: [ObjectIdentifier: SocketConnection] = [:]
    private var phase = Phase.open

    init(
        allowedUID: uid_t, limits: TelemetryLimits, makeSink: () -> any TelemetrySink, outcome: EndpointOutcome,
        context: LoopContext
    ) throws {
        // Everything that can fail comes before the sink is made, as each sink that is made has to be finished.
        let listener = try LoopbackListener()
        self.allowedUID = allowedUID
        self.outcome = outcome
        state = EndpointState(limits: limits, sink: makeSink(), context: context)
        port = listener.port
        self.listener = consume listener
    }

    deinit {
        outcome.settle(state.intake.counters)
    }

    func listen() throws {
        guard let descriptor = listener?.socket.raw else { return }
        watch = try state.context.watch(descriptor, .readable) { [weak self] _, _ in
            self?.acceptWaiting(atMost: Self.acceptsPerTurn)
        }
    }

    func accept(_ samples: [TelemetrySample]) {
        guard phase != .finished else { return }
        state.intake.accept(samples, context: state.context)
    }

    /// See `TelemetryEndpoint.finish`. Calls `done` when all connections are closed and the sink is finished.
    func finish(_ done: @escaping () -> Void) {
        guard phase == .open else { return }
        phase = .draining
        acceptWaiting(atMost: Int(SOMAXCONN))
        watch?.cancel()
        watch = nil
        listener = nil
        let end = state.context.now + state.limits.drainTimeout.nanoseconds
        drain(until: end, receivedBefore: nil, done)
    }

    /// Reads all connections until `end`, as long as data arrives. Data that had arrived before is read in any case, however
    /// long that takes on a busy machine.
    private func drain(until end: UInt64, receivedBefore: UInt64?, _ done: @escaping () -> Void) {
        for connection in connections.values { connection.drain() }
        let received = connections.values.reduce(0) { $0 &+ $1.receivedBytes }
        let isQuiet = received == receivedBefore, isLate = state.context.now >= end
        for connection in connections.values where isQuiet || isLate && connection.hasReadBacklog { connection.close() }
        guard !connections.isEmpty else { return complete(done) }
        state.context.schedule(after: state.limits.drainQuietPeriod.nanoseconds) { _ in
            self.drain(until: end, receivedBefore: received, done)
        }
    }

    private func complete(_ done: () -> Void) {
        phase = .finished
        state.intake.sink.finish(context: state.context)
        outcome.settle(state.intake.counters)
        done()
    }

    private func acceptWaiting(atMost limit: Int) {
        for _ in 0..<limit {
            guard let accepted = listener?.accept() else { return }
            switch consume accepted {
            case .connection(let socket, let local, let peer):
                admit(socket, local, peer)
            case .none:
                return
            case .exhausted:
                return pauseAccepting()
            }
        }
    }

    private func admit(_ socket: consuming OwnedDescriptor, _ local: sockaddr_in, _ peer: sockaddr_in) {
        guard connections.count < state.limits.maxConnections, PeerOwner.uid(local: local, peer: peer) == allowedUID else {
            state.intake.counters.rejectedConnections += 1
            return
        }
        // Responses are small and awaited, so Nagle's algorithm would only delay them.
        var yes: CInt = 1
        setsockopt(socket.raw, CInt(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<CInt>.size))
        do {
            let connection = try SocketConnection(socket, endpoint: state) { [weak self] closed in
                self?.connections[ObjectIdentifier(closed)] = nil
            }
            connections[ObjectIdentifier(connection)] = connection
            state.intake.counters.connections += 1
        } catch {
            // Memory or epoll watches have run out: this client is refused, and the endpoint continues.
            state.intake.counters.rejectedConnections += 1
        }
    }

    private func pauseAccepting() {
        guard let watch, (try? watch.update([])) != nil else { return }
        state.context.schedule(after: Self.acceptPause) { [weak self] _ in
            do { try self?.watch?.update(.readable) } catch { self?.pauseAccepting() }
        }
    }
}

/// The state that the connections of one endpoint share.
final class EndpointState {
    let limits: TelemetryLimits
    let context: LoopContext
    let intake: TelemetryIntake
    let inflater = Inflater()

    /// Bytes of unfinished messages over all calls.
    private var bufferedBytes = 0

    init(limits: TelemetryLimits, sink: any TelemetrySink, context: LoopContext) {
        self.limits = limits
        self.context = context
        intake = TelemetryIntake(sink: sink, limits: limits, context: context)
    }

    /// Records a new size of one call's unfinished message. Returns false if the limit is exceeded; the size is recorded even
    /// then, and the caller has to discard the message.
    func bufferChanged(from before: Int, to after: Int) -> Bool {
        bufferedBytes += after - before
        return after <= before || bufferedBytes <= limits.maxBufferedBytes
    }
}
