import EventLoop
import MAVLink
import Support

/// Takes PX4's ground link from before PX4's start on, and sees to it that PX4 becomes ready to be listened to. Lives on the engine's
/// loop.
///
/// PX4 gives the link to whoever speaks first once it listens. A ground station on this machine answers as soon as PX4 sends it a first
/// heartbeat, some milliseconds later, so the engine knocks more often than that until PX4 listens.
final class GroundContact {
    let link: GroundLink
    private(set) var isHeard = false
    /// When it was last heard, on the monotonic clock, in nanoseconds.
    private(set) var lastHeard: UInt64 = 0
    private let patience: UInt64
    private let onLost: (LoopContext) -> Void
    private var knock: TimerToken?
    private var listensSince: UInt64?

    private static let knockInterval: UInt64 = 250_000
    /// What was said before PX4 looked waits for it there.
    private static let askInterval: UInt64 = 100_000_000
    /// Every request for a rate holds up those behind it.
    private static let statusInterval: UInt64 = 2_000_000_000
    /// Per simulated second: readiness is seen that late at most.
    private static let statusHertz = 10.0

    /// - Parameters:
    ///   - patience: nanoseconds in which a PX4 that listens answers, unless another has the link.
    ///   - onFrame: called with each frame of this vehicle's autopilot.
    ///   - onLost: called when a ground station has the link, as far as can be told from here.
    /// - Throws: `SystemError`.
    init(
        _ instance: Instance, patience: UInt64, _ context: LoopContext, onFrame: @escaping (LoopContext, MAVLinkFrame) -> Void,
        onLost: @escaping (LoopContext) -> Void
    ) throws {
        self.patience = patience
        self.onLost = onLost
        // The link calls nobody before its loop's next turn.
        var heard: (LoopContext) -> Void = { _ in }
        link = try GroundLink(instance, context) { context, frame in
            heard(context)
            onFrame(context, frame)
        }
        heard = { [weak self] in self?.noteHeard($0) }
        knockAgain(context)
    }

    /// The vehicle is ready; nothing more has to be asked for.
    func stopKnocking(_ context: LoopContext) {
        knock.map(context.cancel)
        knock = nil
    }

    func close(_ context: LoopContext) {
        stopKnocking(context)
        link.close()
    }

    private func noteHeard(_ context: LoopContext) {
        lastHeard = context.now
        guard !isHeard else { return }
        isHeard = true
        stopKnocking(context)
        knockAgain(context)
    }

    private func knockAgain(_ context: LoopContext) {
        let pause: UInt64
        if isHeard {
            link.request(SysStatus.id, hertz: Self.statusHertz)
            pause = Self.statusInterval
        } else if link.knock() {
            listensSince = listensSince ?? context.now
            pause = Self.askInterval
        } else {
            listensSince = nil
            pause = Self.knockInterval
        }
        knock = context.schedule(after: pause) { [weak self] in self?.knockAgain($0) }
        guard !isHeard, let listensSince, context.now - listensSince > patience, !UDPPort(Instance.stationPort).isFree(on: .loopback) else { return }
        stopKnocking(context)
        onLost(context)
    }
}
