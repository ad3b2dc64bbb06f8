import LynxModel

/// The stages of a runner's end.
package enum RunnerPhase: Int, Comparable, Sendable {
    case serving
    /// The runner claims no new jobs; running ones finish.
    case draining
    /// Running attempts are being stopped.
    case stopping

    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// A runner's state and every transition of it. A pure state machine: the loops ask it for work, do that, and report the
/// outcome.
struct RunnerState: Sendable {
    struct Session: Sendable {
        var heartbeatInterval: Duration
        /// The control plane can hold heartbeats until it has orders.
        var holdsHeartbeats: Bool
        /// The control plane accepts telemetry of running attempts.
        var takesTelemetry: Bool
        /// The control plane accepts several results in one call.
        var takesResultGroups: Bool
        /// The control plane accepts retractions.
        var takesRetractions: Bool
    }

    var running: RunningAttempts
    var outbox = Outbox()
    var chunks = ChunkQueue()
    var retractions = RetractionQueue()
    private(set) var phase = RunnerPhase.serving
    /// Nil while a registration is due.
    private(set) var session: Session?
    /// The number of successful registrations; identifies the registration that a call was made under.
    private(set) var registrations = 0
    /// Whether the control plane has drained this runner.
    private(set) var isPaused = false
    /// The reason why this runner cannot be registered any more.
    private(set) var failure: ControlPlaneError?
    /// Whether the control plane has revoked this runner.
    private(set) var isRevoked = false
    /// Whether the process that started this runner and was its control plane has ended.
    private(set) var isOrphaned = false
    /// Whether the control plane accepts the files of attempts; nil before it has stated that.
    private(set) var uploadsFiles: Bool?
    /// The number of file pieces uploaded so far.
    private(set) var movedPieces = 0
    /// Whether the control plane knows the outcome `simulator_fault`; true until one states otherwise.
    private(set) var knowsSimulatorFaults = true

    /// The reasons why engines cannot start jobs, by engine id, and the number of their changes.
    private(set) var troubles: [String: EngineTrouble] = [:]
    private(set) var troubleChanges = 0
    /// The number of changes of what this runner offers, and the engines of scenarios and bundles by the text of their route.
    private(set) var offerChanges = 0
    private(set) var routes: [String: String] = [:]

    init(capacity: Int, limits: EngineLimits = EngineLimits(engines: [], limits: [:])) {
        running = RunningAttempts(capacity: capacity, limits: limits)
    }

    /// The attempts that the control plane counts as this runner's: they run, or their results are being delivered.
    var held: [AttemptKey] { running.keys.union(outbox.keys).sorted { ($0.jobID, $0.attempt) < ($1.jobID, $1.attempt) } }

    /// The state that a call depends on, as it was when the call began.
    struct Turn: Sendable {
        var registration: Int
        var phase: RunnerPhase
    }

    var turn: Turn { Turn(registration: registrations, phase: phase) }

    /// Moves forward to `next`; returns false if it is already there or beyond.
    mutating func advance(to next: RunnerPhase) -> Bool {
        guard phase < next else { return false }
        phase = next
        return true
    }

    /// The turn of a registration that is due now. The first one waits until the results of earlier processes have been
    /// offered, as registering ends the attempts of earlier sessions.
    func registrationTurn() -> Turn? {
        guard session == nil, failure == nil else { return nil }
        if registrations == 0 {
            let isWaited = outbox.unblocked.allSatisfy(chunks.isBlocked)
            guard phase == .serving, isWaited else { return nil }
        }
        return turn
    }

    mutating func registered(_ answer: RegisterResponse) {
        registrations += 1
        uploadsFiles = answer.artifactUpload ?? false
        let version = answer.protocolVersion ?? RunnerProtocol.unnamedVersion
        session = Session(
            heartbeatInterval: .seconds(max(answer.heartbeatIntervalSeconds, 0.01)),
            holdsHeartbeats: RunnerProtocol.isAtLeast(minor: 1, version),
            takesTelemetry: RunnerProtocol.isAtLeast(minor: 1, version),
            takesResultGroups: RunnerProtocol.isAtLeast(minor: 3, version),
            takesRetractions: RunnerProtocol.isAtLeast(minor: 4, version))
        knowsSimulatorFaults = RunnerProtocol.isAtLeast(minor: 2, version)
        chunks.unblock()
        retractions.unblock()
        outbox.unblock()
    }

    /// Records that the control plane no longer knows the session that a call was made under.
    mutating func sessionLost(_ turn: Turn) {
        if turn.registration == registrations { session = nil }
    }

    /// Records that registering failed for good: running attempts finish.
    mutating func registrationFailed(_ error: ControlPlaneError) {
        failure = error
        _ = advance(to: .draining)
    }

    /// Records that the runner was revoked and has to end; returns false if that was known.
    mutating func revoked(_ error: ControlPlaneError) -> Bool {
        guard !isRevoked else { return false }
        isRevoked = true
        failure = error
        session = nil
        _ = advance(to: .stopping)
        return true
    }

    mutating func orphaned() { isOrphaned = true }

    /// Whether no result will be acknowledged any more.
    var isCutOff: Bool { isRevoked || isOrphaned }

    enum ClaimTurn: Sendable {
        /// A claim; `typeSlots` limits the number of jobs of a simulation type.
        case claim(slots: Int, typeSlots: [String: Int]?, Turn)
        case done
    }

    func claimTurn() -> ClaimTurn? {
        guard phase == .serving else { return .done }
        let closed = Set(troubles.keys)
        guard session != nil, !isPaused, running.room > 0, running.canServe(without: closed) else { return nil }
        return .claim(slots: running.room, typeSlots: typeSlots(without: closed), turn)
    }

    /// A scenario's jobs count for its engine.
    private func typeSlots(without closed: Set<String>) -> [String: Int]? {
        guard let slots = running.typeSlots(without: closed) else { return nil }
        return slots.merging(routes.compactMapValues { slots[$0] }) { own, _ in own }
    }

    /// Records what this runner offers from now on.
    mutating func offers(_ routes: [String: String]) {
        self.routes = routes
        offerChanges += 1
    }

    /// Waiting for the claim would only delay shutdown.
    var isClaimPointless: Bool { phase == .stopping || phase == .draining && running.isEmpty }

    mutating func pause(_ paused: Bool) -> Bool {
        defer { isPaused = paused }
        return isPaused != paused
    }

    /// Records the engines' troubles; returns those that began and those that ended (nil), by engine.
    mutating func changed(troubles new: [String: EngineTrouble]) -> [(engine: String, trouble: EngineTrouble?)] {
        guard new != troubles else { return [] }
        let engines = Set(new.keys).union(troubles.keys).filter { new[$0]?.reason != troubles[$0]?.reason }.sorted()
        troubles = new
        troubleChanges += 1
        return engines.map { ($0, new[$0]) }
    }

    enum Admission: Sendable { case run, leaving, full, duplicate }

    /// - Parameter isSurplus: whether the claim did not ask for this job. Jobs that were asked for are admitted even if jobs
    ///   have become longer since, so that fewer are held ahead.
    mutating func admit(_ attempt: Attempt, isSurplus: Bool = false) -> Admission {
        if running[attempt.key] != nil || outbox.holds(attempt.key) { return .duplicate }
        guard phase == .serving else { return .leaving }
        guard !isSurplus else { return .full }
        running.admit(attempt)
        return .run
    }

    /// Records that the attempt has ended and its report is in the spool, or in `memory` if spooling failed. In the latter case
    /// it keeps its slot, so that reports do not accumulate in memory while the disk is full.
    ///
    /// - Parameter copy: the content of the spool, so that it need not be read again if it is delivered soon.
    mutating func ended(_ key: AttemptKey, restsOn basis: String? = nil, memory: SpooledReport? = nil, copy: SpooledReport? = nil) {
        if memory == nil { running.remove(key) }
        outbox.add(key, restsOn: basis, memory: memory, copy: copy)
    }

    /// Records that a report in memory has been spooled; returns false if it has been delivered in the meantime.
    mutating func spooled(_ key: AttemptKey) -> Bool {
        running.remove(key)
        return outbox.spooled(key)
    }

    /// Frees the slot of an attempt that needs nothing more.
    mutating func release(_ key: AttemptKey) {
        running.remove(key)
        chunks.forget(key)
    }

    /// Adds reports that were found in the spool.
    mutating func adopt(_ keys: [AttemptKey], bases: [AttemptKey: String] = [:]) {
        for key in keys { ended(key, restsOn: bases[key]) }
    }

    mutating func nextChunk() -> (ChunkQueue.Delivery, Turn)? {
        isRevoked ? nil : chunks.nextDelivery().map { ($0, turn) }
    }

    mutating func nextDelivery() -> Outbox.Delivery? {
        if isRevoked { return nil }
        let takesRetractions = session?.takesRetractions ?? true
        return outbox.next(mayJoin: session?.takesResultGroups ?? false, turn) { [chunks, retractions] key, basis in
            !chunks.isWaiting(key) && !(takesRetractions && retractions.holds(basis))
        }
    }

    /// The next retraction to deliver; nil if there is none or the control plane lacks the call. Before the first registration
    /// it is tried.
    mutating func nextRetraction() -> (Retraction, Turn)? {
        guard !isRevoked, session?.takesRetractions ?? true else { return nil }
        return retractions.next().map { ($0, turn) }
    }

    /// The number of deliveries to wait for before leaving.
    var awaited: Int { outbox.count + ((session?.takesRetractions ?? true) ? retractions.deliverable : 0) }

    /// Records that another piece of a file has been sent.
    mutating func moved() { movedPieces &+= 1 }

    /// Records that the report was acknowledged or given up.
    mutating func settled(_ key: AttemptKey) {
        outbox.remove(key)
        chunks.forget(key)
    }

    /// Records that the report was not acknowledged: it is sent again after the others.
    mutating func deliveryFailed(_ key: AttemptKey, _ error: ControlPlaneError? = nil) {
        outbox.failed(key, error, isRegistered: registrations > 0)
    }

    /// Replaces the report of an attempt and sends it again.
    mutating func deliveryChanged(_ key: AttemptKey, memory: SpooledReport?) {
        outbox.replaced(key, memory: memory)
        deliveryFailed(key)
    }

    /// Records that the control plane does not know the report or this runner: it is sent again after the next registration.
    /// Returns true if that was the reply under an earlier registration as well, so that registering does not help.
    mutating func deliveryUnknown(_ delivery: Outbox.Delivery) -> Bool {
        guard outbox.holds(delivery.key) else { return false }
        if outbox.unknown(delivery) { return true }
        sessionLost(delivery.turn)
        // Another loop may have registered while the call was under way.
        outbox.again(delivery.key, isBlocked: session == nil)
        return false
    }

    struct Heartbeat: Sendable {
        var attempts: [AttemptKey]
        /// Those of the attempts that are being stopped, or have ended and are no longer wanted.
        var ending: [AttemptKey]
        var isPaused: Bool
        var troubles: [String: EngineTrouble]
        var troubleChanges: Int
        var offerChanges: Int
        var interval: Duration
        /// Whether the control plane may hold the call for the interval, instead of receiving one in each interval.
        var isHeld: Bool
        var turn: Turn
    }

    /// Whether there is news since the heartbeat was made.
    func isNewer(than beat: Heartbeat) -> Bool { troubleChanges != beat.troubleChanges || offerChanges != beat.offerChanges }

    func heartbeat() -> Heartbeat? {
        guard let session else { return nil }
        let attempts = held
        return Heartbeat(
            attempts: attempts, ending: attempts.filter { running[$0]?.isStopped == true || outbox.isCancelled($0) }, isPaused: isPaused,
            troubles: troubles, troubleChanges: troubleChanges, offerChanges: offerChanges, interval: session.heartbeatInterval,
            isHeld: session.holdsHeartbeats, turn: turn)
    }
}
