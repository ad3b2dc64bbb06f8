import EventLoop
import MAVLink
import Support

/// Opens PX4's ground link before PX4's start and brings PX4 to report its state. Used on the engine's loop only.
///
/// PX4 gives the link to the first process that sends once it listens. A ground station on this machine replies some
/// milliseconds after PX4's first heartbeat, so the engine sends probes more often than that until PX4 listens.
final class GroundContact {
    let link: GroundLink
    private(set) var isHeard = false
    private let patience: UInt64
    private let onLost: (LoopContext) -> Void
    private var timer: TimerToken?
    private var listensSince: UInt64?

    private static let searchInterval: UInt64 = 250_000
    /// The interval of probes in nanoseconds; earlier datagrams wait in PX4's socket.
    private static let probeInterval: UInt64 = 100_000_000
    /// The interval of requests for status in nanoseconds, as every request for a rate delays those behind it.
    private static let statusInterval: UInt64 = 2_000_000_000
    /// The rate of the status per simulated second, which limits the delay in detecting readiness.
    private static let statusHertz = 10.0

    /// - Parameters:
    ///   - patience: nanoseconds in which a PX4 that listens replies unless another process has the link.
    ///   - onFrame: called with each frame of this vehicle's autopilot.
    ///   - onLost: called when a ground station apparently has the link.
    /// - Throws: `SystemError`.
    init(
        _ instance: Instance, patience: UInt64, _ context: LoopContext, onFrame: @escaping (LoopContext, MAVLinkFrame) -> Void,
        onLost: @escaping (LoopContext) -> Void
    ) throws {
        self.patience = patience
        self.onLost = onLost
        // The link makes no call before its loop's next turn.
        var onHeard: (LoopContext) -> Void = { _ in }
        link = try GroundLink(instance, context) { context, frame in
            onHeard(context)
            onFrame(context, frame)
        }
        onHeard = { [weak self] in self?.noteHeard($0) }
        probe(context)
    }

    /// Stops the probes when the vehicle is ready.
    func stopProbing(_ context: LoopContext) {
        timer.map(context.cancel)
        timer = nil
    }

    func close(_ context: LoopContext) {
        stopProbing(context)
        link.close()
    }

    private func noteHeard(_ context: LoopContext) {
        guard !isHeard else { return }
        isHeard = true
        stopProbing(context)
        probe(context)
    }

    private func probe(_ context: LoopContext) {
        let pause: UInt64
        if isHeard {
            link.request(SysStatus.id, hertz: Self.statusHertz)
            pause = Self.statusInterval
        } else if link.probe() {
            listensSince = listensSince ?? context.now
            pause = Self.probeInterval
        } else {
            listensSince = nil
            pause = Self.searchInterval
        }
        timer = context.schedule(after: pause) { [weak self] in self?.probe($0) }
        guard !isHeard, let listensSince, context.now - listensSince > patience, !UDPPort(Instance.stationPort).isFree(on: .loopback) else { return }
        stopProbing(context)
        onLost(context)
    }
}
