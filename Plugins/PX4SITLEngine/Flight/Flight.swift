import EngineKit

/// One job from its launch to its end. Pure: it is told what happened and says what is to be done.
///
/// waiting for a number → booting (→ waiting for another one, after a collision) → checking parameters → flying (→ finishing)
/// → stopping → over
struct Flight {
    enum Phase: Hashable, Sendable {
        case waitingForInstance, booting, checkingParameters, flying
        /// PX4 was shut down after the flight, and the mission goes on without it.
        case finishing
        /// Processes are being ended; what the job's end means is known.
        case stopping
        case over
    }

    enum Event: Sendable {
        case launched
        case instanceTaken(Instance)
        case timer(Timer)
        case started(FlightEnd.Program)
        case notStarted(FlightEnd.Program, EngineError)
        /// A process and everything it had started is gone. `collision`: another PX4 has this number.
        case vehicleEnded(GuardedProcess.End, collision: Bool)
        /// The same, with status 0, on the ground after a flight.
        case vehicleShutDown(GuardedProcess.End)
        case missionEnded(GuardedProcess.End)
        /// The vehicle is as the mission is to find it. `collision`: one of its links is another's.
        case ready(collision: Bool)
        /// PX4 listens, and another program has the engine's link.
        case linkTaken
        /// So much simulated time went by that the vehicle will not become ready.
        case notReady
        case parameter(name: String, ParameterCheck.Reading)
        case terminated
    }

    enum Timer: Hashable, CaseIterable, Sendable {
        case instance, boot, parameters, parameterRetry, silence, stop
    }

    enum Action: Hashable, Sendable {
        case acquireInstance(except: Set<Instance>)
        /// The number is not ours to use; no other may be taken before this is done.
        case avoidInstance(Instance)
        /// Its processes have ended.
        case giveBackInstance(Instance)
        case start(FlightEnd.Program)
        case request([String])
        /// SIGTERM to PX4's group.
        case stopSoftly
        case kill(FlightEnd.Program)
        case set(Timer)
        case cancel(Timer)
        /// Both programs have ended, and none will be started.
        case finish
    }

    /// Tries of as many numbers end the job.
    static let mostCollisions = 10

    private(set) var phase = Phase.waitingForInstance
    /// Known from `stopping` on.
    private(set) var end: FlightEnd?
    private(set) var instance: Instance?
    private var check: ParameterCheck
    private var avoided: Set<Instance> = []
    private var vehicleRuns = false
    private var missionRuns = false
    /// PX4 runs, but on a number that it shares: it ends, and another takes its place.
    private var isMovingOn = false

    init(expecting parameters: [VehicleParameter]) { check = ParameterCheck(parameters) }

    /// Whether what PX4 says now is of the flight.
    var isTelemetryWanted: Bool { phase == .checkingParameters || phase == .flying }

    mutating func handle(_ event: Event) -> [Action] {
        switch (phase, event) {
        case (.over, _): return []
        case (.waitingForInstance, .launched): return [.set(.instance), .acquireInstance(except: avoided)]
        case (.waitingForInstance, .instanceTaken(let taken)):
            phase = .booting
            instance = taken
            isMovingOn = false
            vehicleRuns = true
            return [.cancel(.instance), .set(.boot), .start(.px4)]
        case (.waitingForInstance, .timer(.instance)): return conclude(.noInstance)
        case (_, .terminated): return conclude(.terminated)
        case (_, .notStarted(let program, let error)):
            if program == .px4 { vehicleRuns = false } else { missionRuns = false }
            return conclude(.notStarted(program, error))
        case (_, .vehicleEnded(let exit, let collision)): return vehicleEnded(exit, collision)
        case (.flying, .vehicleShutDown): return finishWithoutVehicle()
        case (_, .vehicleShutDown(let exit)): return vehicleEnded(exit, false)
        case (_, .missionEnded(let exit)):
            missionRuns = false
            return conclude(.mission(exit))
        case (.booting, .ready(let collision)) where !isMovingOn: return ready(collision)
        case (.booting, .linkTaken) where !isMovingOn: return moveOn()
        case (.booting, .notReady) where !isMovingOn: return conclude(.notReady)
        case (.booting, .timer(.boot)): return conclude(.bootTimeout)
        case (.checkingParameters, .parameter(let name, let reading)): return parameter(name, reading)
        case (.checkingParameters, .timer(.parameterRetry)): return [.request(check.missing), .set(.parameterRetry)]
        case (.checkingParameters, .timer(.parameters)): return conclude(.parametersUnread(check.missing))
        case (.flying, .timer(.silence)): return conclude(.linkDead)
        case (.stopping, .timer(.stop)): return killAll()
        default: return []
        }
    }

    private mutating func ready(_ collision: Bool) -> [Action] {
        if collision { return moveOn() }
        phase = .checkingParameters
        if check.isDone { return [.cancel(.boot)] + fly() }
        return [.cancel(.boot), .set(.parameters), .set(.parameterRetry), .request(check.missing)]
    }

    private mutating func moveOn() -> [Action] {
        isMovingOn = true
        return [.cancel(.boot), .kill(.px4)]
    }

    private mutating func parameter(_ name: String, _ reading: ParameterCheck.Reading) -> [Action] {
        if let mismatch = check.take(name, reading) { return conclude(.parameterRefused(mismatch)) }
        guard check.isDone else { return [] }
        return [.cancel(.parameters), .cancel(.parameterRetry)] + fly()
    }

    private mutating func fly() -> [Action] {
        phase = .flying
        missionRuns = true
        return [.start(.mission), .set(.silence)]
    }

    private mutating func finishWithoutVehicle() -> [Action] {
        phase = .finishing
        vehicleRuns = false
        defer { instance = nil }
        return [.cancel(.silence)] + (instance.map { [.giveBackInstance($0)] } ?? [])
    }

    private mutating func vehicleEnded(_ exit: GuardedProcess.End, _ collision: Bool) -> [Action] {
        vehicleRuns = false
        guard phase == .booting, collision || isMovingOn, let instance else { return conclude(.vehicleEnded(exit)) }
        avoided.insert(instance)
        self.instance = nil
        guard avoided.count < Self.mostCollisions else { return [.avoidInstance(instance)] + conclude(.collisions(avoided.count)) }
        phase = .waitingForInstance
        return [.cancel(.boot), .avoidInstance(instance), .set(.instance), .acquireInstance(except: avoided)]
    }

    /// The first end counts; what still runs is ended, and when nothing does the job is over.
    private mutating func conclude(_ cause: FlightEnd) -> [Action] {
        var actions: [Action] = []
        if end == nil {
            end = cause
            phase = .stopping
            actions = Timer.allCases.map { .cancel($0) }
            switch cause {
            case .terminated, .bootTimeout, .linkDead: actions += killAll()
            default:
                if missionRuns { actions.append(.kill(.mission)) }
                if vehicleRuns { actions += [.stopSoftly, .set(.stop)] }
            }
        } else if case .terminated = cause {
            actions = killAll()
        }
        guard !vehicleRuns, !missionRuns else { return actions }
        phase = .over
        return actions + [.cancel(.stop)] + (instance.map { [.giveBackInstance($0)] } ?? []) + [.finish]
    }

    private func killAll() -> [Action] {
        (vehicleRuns ? [.kill(.px4)] : []) + (missionRuns ? [.kill(.mission)] : [])
    }
}
