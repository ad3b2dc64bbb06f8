import EngineABI
import EngineKit
import EventLoop
import Support

/// One flight: a PX4 and the mission that flies it, run on the engine's loop.
final class PX4Job: EngineJob {
    private let order: FlightOrder
    private let fleet: Fleet
    private let state: JobState

    init(_ order: FlightOrder, fleet: Fleet) throws(EngineError) {
        self.order = order
        self.fleet = fleet
        do {
            state = try JobState()
        } catch {
            throw EngineError(lynx_status(LYNX_E_RESOURCES), "\(error)", errno: error.code)
        }
    }

    deinit { state.terminate() }

    /// Nothing is started yet: the flight waits for an instance number first, and that is not this thread's to wait for.
    func launch() throws(EngineError) -> LaunchedProcess {
        fleet.loop.execute { [order, fleet, state] context in
            FlightDriver(order, fleet, state).launch(context)
        }
        return LaunchedProcess(pid: 0, exitDescriptor: state.over.raw)
    }

    func terminate() {
        state.terminate()
        // What comes after is the loop's: it may be between two processes.
        fleet.loop.execute { [order] context in
            context.local(FlightDrivers.init).byToken[order.token]?.terminated(context)
        }
    }

    func reap() throws(EngineError) -> SimulationExit {
        guard let result = state.result else { throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap was called before the flight was over") }
        return result.exit
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        let result = state.result
        var problems = result?.warnings ?? []
        if let vehicle = result?.vehicle {
            let logs = vehicle.flightLogs().map { "\(vehicle.directory)/\($0)" }
            if let timeouts = result?.flown.flatMap({ FlightLogTexts.timeouts(in: logs, during: $0) }) { problems.append(timeouts) }
            problems += FlightArtifacts.add(vehicle, to: order.files.output)
        }
        for problem in problems { sink.warning(problem) }
        var collector = ArtifactCollector()
        try collector.collect(directory: order.files.output, into: sink)
    }
}

/// What one flight is to be.
struct FlightOrder: Sendable {
    let token: UInt64
    let files: JobFiles
    let plan: FlightPlan
    let telemetryURL: String
}

/// What all flights of the engine share.
struct Fleet: Sendable {
    let host: HostHandle
    let settings: PX4Settings
    let loop: EventLoop
}

/// The flights on a loop, by the host's token.
final class FlightDrivers {
    var byToken: [UInt64: FlightDriver] = [:]
}
