import EngineKit

/// One job from its launch to its end. A pure state machine: it receives events and returns actions.
///
/// waiting for a number → booting (→ waiting for another one, after a collision) → checking parameters → flying (→ finishing) →
/// stopping → over
struct Flight {
    enum Phase: Hashable, Sendable {
        case waitingForInstance, booting, checkingParameters, flying
        /// PX4 was shut down after the flight, and the mission continues without it.
        case finishing
        /// The job's outcome is known, and its processes are being ended.
        case stopping
        case over
    }

    enum Event: Sendable {
        case launched
        case instanceTaken(Instance)
        case timer(Timer)
        case started(FlightEnd.Program)
        case notStarted(FlightEnd.Program, EngineError)
        /// A process has ended with everything it had started. `collision`: another PX4 uses this number.
        case vehicleEnded(GuardedProcess.End, collision: Bool)
        /// PX4 has ended with status 0, on the ground after a flight.
        case vehicleShutDown(GuardedProcess.End)
        case missionEnded(GuardedProcess.End)
        /// The vehicle is ready for the mission. `collision`: another process uses one of its links.
        case ready(collision: Bool)
        /// PX4 listens, but another program uses the engine's link.
        case linkTaken
        /// The limit in simulated time has passed in which the vehicle should have become ready.
        case notReady
        case parameter(name: String, ParameterCheck.Reading)
        case terminated
    }

    enum Timer: Hashable, CaseIterable, Sendable {
        case instance, boot, parameters, parameterRetry, silence, stop
    }

    enum Action: Hashable, Sendable {
        case acquireInstance(except: Set<Instance>)
        /// The number must not be used; this has to be done before another one is taken.
        case avoidInstance(Instance)
        /// The number's processes have ended.
        case giveBackInstance(Instance)
        case start(FlightEnd.Program)
        case request([String])
        /// Send SIGTERM to PX4's process group.
        case stopSoftly
        case kill(FlightEnd.Program)
        case set(Timer)
        case cancel(Timer)
        /// Both programs have ended, and none will be started.
        case finish
    }

    /// The number of collisions after which the job ends.
    static let mostCollisions = 10

    private(set) var phase = Phase.waitingForInstance
    /// Set from `stopping` on.
    private(set) var end: FlightEnd?
    private(set) var instance: Instance?
    private var check: ParameterCheck
    private var avoided: Set<Instance> = []
    private var vehicleRuns = false
    private var missionRuns = false
    /// PX4 runs on a number that another process uses: it is ended, and another number is tried.
    private var isMovingOn = false

    init(expecting parameters: [VehicleParameter]) { check = ParameterCheck(parameters) }

    /// Whether PX4's messages are part of the flight.
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
        if let mismatch = check.record(name, reading) { return conclude(.parameterRefused(mismatch)) }
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

    /// Ends the job: the first cause counts, running processes are ended, and when none is left the job is over.
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
