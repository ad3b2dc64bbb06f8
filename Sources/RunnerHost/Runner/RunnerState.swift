import LynxModel

/// How far a runner is on its way out.
package enum RunnerPhase: Int, Comparable, Sendable {
    case serving
    /// Takes no new jobs; those running finish.
    case draining
    /// Running attempts are stopped.
    case stopping

    package static func < (one: Self, other: Self) -> Bool { one.rawValue < other.rawValue }
}

/// What a runner knows at a time, and every step from one such state to the next. Pure: the loops ask it what to do, do
/// it, and tell it what came of it.
struct RunnerState: Sendable {
    struct Session: Sendable {
        var heartbeatInterval: Duration
        /// The control plane holds heartbeats until it has orders.
        var holdsHeartbeats: Bool
        /// It takes telemetry while an attempt runs.
        var takesTelemetry: Bool
        /// It takes several results in one call.
        var takesResultGroups: Bool
        /// It takes results back.
        var takesRetractions: Bool
    }

    private struct Running: Sendable {
        var stop: StopReason?
        /// Which engine it is counted for, if for any.
        var engine: String?
        /// It no longer waits for its engine to have room.
        var isLetIn = false
        /// Its simulation is gone; its report is being made.
        var isOver = false
    }

    private struct Outgoing: Sendable {
        enum Progress: Sendable { case ready, underway, untilRegistered }

        /// Reports are sent in this order; one that failed goes to the end.
        var order: Int
        var progress = Progress.ready
        /// What the result rests on.
        var basis: String?
        /// The report itself when it could not be spooled.
        var memory: SpooledReport?
        /// What lies in the spool, for as long as only a few wait.
        var copy: SpooledReport?
        /// The registration under which the control plane said it knows nothing of it.
        var unknownIn: Int?
        /// How often the control plane broke down over it.
        var serverErrors = 0
        /// The user no longer wants the job: its files are not sent any more.
        var isCancelled = false
    }

    /// Attempts that may run at a time.
    let capacity: Int
    private let limits: EngineLimits
    private(set) var phase = RunnerPhase.serving
    /// nil while a registration is due.
    private(set) var session: Session?
    /// How many registrations succeeded; names the one a call was made under.
    private(set) var registrations = 0
    /// The control plane has drained this runner.
    private(set) var isPaused = false
    /// Why this runner can't be registered any more.
    private(set) var failure: ControlPlaneError?
    /// The control plane answers this runner no more.
    private(set) var isRevoked = false
    /// Its control plane was the process that started it, and is gone.
    private(set) var isOrphaned = false
    private var running: [AttemptKey: Running] = [:]
    /// How long simulations have taken here of late; nil before the first.
    private var pace: Duration?
    private var outbox: [AttemptKey: Outgoing] = [:]
    private var lastOrder = 0
    var chunks = ChunkQueue()
    var retractions = RetractionQueue()
    /// Whether the control plane takes the files of attempts; nil while it hasn't said.
    private(set) var uploadsFiles: Bool?
    /// Grows as files are uploaded.
    private(set) var movedPieces = 0
    /// The control plane knows the outcome `simulator_fault`; true until one says otherwise.
    private(set) var knowsSimulatorFaults = true

    /// What keeps engines from starting jobs, by their ids, and how often that has changed.
    private(set) var troubles: [String: EngineTrouble] = [:]
    private(set) var troubleChanges = 0

    init(capacity: Int, limits: EngineLimits = EngineLimits(engines: [], limits: [:])) {
        self.capacity = limits.capacity(capacity)
        self.limits = limits
    }

    var runningAttempts: Set<AttemptKey> { Set(running.keys) }
    var undelivered: Set<AttemptKey> { Set(outbox.keys) }

    /// What a call depends on, as it was when the call began.
    struct Turn: Sendable {
        var registration: Int
        var phase: RunnerPhase
    }

    var turn: Turn { Turn(registration: registrations, phase: phase) }

    /// Moves forward to `next`; false if it is already there or beyond.
    mutating func advance(to next: RunnerPhase) -> Bool {
        guard phase < next else { return false }
        phase = next
        return true
    }

    /// The turn of a registration that is due now. The first one waits until what earlier processes left has been
    /// offered, since registering ends the attempts of earlier sessions.
    func registrationTurn() -> Turn? {
        guard session == nil, failure == nil else { return nil }
        if registrations == 0 {
            let isWaited = outbox.allSatisfy { $0.value.progress == .untilRegistered || chunks.isBlocked($0.key) }
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
        for key in outbox.keys where outbox[key]?.progress == .untilRegistered { outbox[key]?.progress = .ready }
    }

    /// The control plane no longer knows the session that call was made under.
    mutating func sessionLost(_ turn: Turn) {
        if turn.registration == registrations { session = nil }
    }

    /// There is no way on: finish what runs.
    mutating func registrationFailed(_ error: ControlPlaneError) {
        failure = error
        _ = advance(to: .draining)
    }

    /// There is nothing to be done but to end; false if that was known.
    mutating func revoked(_ error: ControlPlaneError) -> Bool {
        guard !isRevoked else { return false }
        isRevoked = true
        failure = error
        session = nil
        _ = advance(to: .stopping)
        return true
    }

    mutating func orphaned() { isOrphaned = true }

    /// No result will be acknowledged any more.
    var isCutOff: Bool { isRevoked || isOrphaned }

    enum ClaimTurn: Sendable {
        /// `typeSlots`: at most so many of a simulation type.
        case claim(slots: Int, typeSlots: [String: Int]?, Turn)
        case done
    }

    func claimTurn() -> ClaimTurn? {
        guard phase == .serving else { return .done }
        guard session != nil, !isPaused, room > 0, limits.canServe(without: Set(troubles.keys)) else { return nil }
        let held = Dictionary(running.values.compactMap { $0.engine.map { ($0, 1) } }, uniquingKeysWith: +)
        return .claim(slots: room, typeSlots: limits.typeSlots(held: held, without: Set(troubles.keys)), turn)
    }

    /// How many more attempts may be admitted. Where jobs are short as many as can run are held ready, so that none of the
    /// next is waited for when one ends; a longer job would wait here while another runner might have had room for it.
    private var room: Int {
        let ahead = pace.map { $0 < Self.longestAhead } == true ? capacity : 0
        let present = running.values.count { !$0.isOver }
        // Reports that are slow to be made are not gathered without end.
        return min(capacity + ahead - present, 2 * capacity + ahead - running.count)
    }

    private static let longestAhead: Duration = .seconds(1)

    /// Waiting for the claim would only delay shutdown.
    var isClaimPointless: Bool { phase == .stopping || phase == .draining && running.isEmpty }

    mutating func pause(_ paused: Bool) -> Bool {
        defer { isPaused = paused }
        return isPaused != paused
    }

    /// Returns what began or ended (nil), by engine.
    mutating func changed(troubles new: [String: EngineTrouble]) -> [(engine: String, trouble: EngineTrouble?)] {
        guard new != troubles else { return [] }
        let engines = Set(new.keys).union(troubles.keys).filter { new[$0]?.reason != troubles[$0]?.reason }.sorted()
        troubles = new
        troubleChanges += 1
        return engines.map { ($0, new[$0]) }
    }

    enum Admission: Sendable { case run, leaving, full, duplicate }

    mutating func admit(_ key: AttemptKey, type: String) -> Admission {
        if running[key] != nil || outbox[key] != nil { return .duplicate }
        guard phase == .serving else { return .leaving }
        guard room > 0 else { return .full }
        running[key] = Running(engine: limits.engine(for: type))
        return .run
    }

    /// Lets an admitted attempt in once the runner and its engine have room, or once it is to be stopped anyway; nil while it
    /// has to wait: it was claimed ahead, or by a control plane that knows nothing of limits per engine.
    mutating func letIn(_ key: AttemptKey, type: String) -> Bool? {
        guard let attempt = running[key] else { return true }
        let inside = running.values.filter(\.isLetIn)
        let hasRoom = inside.count { !$0.isOver } < capacity
            && limits.hasRoom(for: type, running: inside.count { $0.engine == attempt.engine })
        guard attempt.stop != nil || hasRoom else { return nil }
        running[key]?.isLetIn = true
        return true
    }

    /// Notes that the attempt's simulation has ended, and how long it took.
    mutating func over(_ key: AttemptKey, after duration: Duration) {
        running[key]?.isOver = true
        pace = pace.map { ($0 * 7 + duration) / 8 } ?? duration
    }

    /// Notes that a running attempt is to end; false when it does not run. Nothing outranks `stale`.
    mutating func stopRequested(_ key: AttemptKey, as reason: StopReason) -> Bool {
        guard let attempt = running[key] else { return false }
        if attempt.stop != .stale { running[key]?.stop = reason }
        return true
    }

    func stopReason(_ key: AttemptKey) -> StopReason? { running[key]?.stop }

    /// The attempt ended and its report lies in the spool, or in `memory` if that failed. In the latter case it keeps its
    /// slot, so that a full disk does not gather reports in memory.
    ///
    /// - Parameter copy: of what lies in the spool, so that it need not be read again if it is delivered soon.
    mutating func ended(_ key: AttemptKey, restsOn basis: String? = nil, memory: SpooledReport? = nil, copy: SpooledReport? = nil) {
        if memory == nil { running[key] = nil }
        lastOrder += 1
        let keepsCopy = outbox.count < Self.mostCopies && (copy?.json.count ?? 0) <= Self.largestCopy
        outbox[key] = Outgoing(order: lastOrder, basis: basis, memory: memory, copy: keepsCopy ? copy : nil)
    }

    private static let mostCopies = 32
    private static let largestCopy = 64 << 10

    /// The report that was in memory is on disk now; false if it has been delivered in the meantime.
    mutating func spooled(_ key: AttemptKey) -> Bool {
        running[key] = nil
        guard outbox[key] != nil else { return false }
        outbox[key]?.memory = nil
        return true
    }

    /// Frees the slot of an attempt for which nothing more is to be done.
    mutating func release(_ key: AttemptKey) {
        running[key] = nil
        chunks.forget(key)
    }

    /// Reports found in the spool.
    mutating func adopt(_ keys: [AttemptKey], bases: [AttemptKey: String] = [:]) {
        for key in keys { ended(key, restsOn: bases[key]) }
    }

    struct Delivery: Sendable {
        var key: AttemptKey
        /// nil: it's in the spool.
        var memory: SpooledReport?
        /// A copy of the spooled report; nil if it has to be read from the spool.
        var copy: SpooledReport?
        /// It may go in one call with others.
        var mayJoin: Bool
        var turn: Turn
    }

    mutating func nextChunk() -> (ChunkQueue.Delivery, Turn)? {
        isRevoked ? nil : chunks.nextDelivery().map { ($0, turn) }
    }

    mutating func nextDelivery() -> Delivery? {
        if isRevoked { return nil }
        let ready = outbox.filter { $0.value.progress == .ready && !chunks.isWaiting($0.key) && !isHeld($0.value) }
        guard let (key, report) = ready.min(by: { $0.value.order < $1.value.order }) else { return nil }
        outbox[key]?.progress = .underway
        outbox[key]?.copy = nil
        return Delivery(
            key: key, memory: report.memory, copy: report.copy, mayJoin: session?.takesResultGroups ?? false, turn: turn)
    }

    /// Nil while there is nothing to take back, or the control plane has no such call. It is asked before the first registration.
    mutating func nextRetraction() -> (Retraction, Turn)? {
        guard !isRevoked, session?.takesRetractions ?? true else { return nil }
        return retractions.next().map { ($0, turn) }
    }

    private func isHeld(_ report: Outgoing) -> Bool { (session?.takesRetractions ?? true) && retractions.holds(report.basis) }

    /// How many deliveries are to be waited for before leaving.
    var awaited: Int { outbox.count + ((session?.takesRetractions ?? true) ? retractions.deliverable : 0) }

    /// Another piece of a file is on its way.
    mutating func moved() { movedPieces &+= 1 }

    /// Notes that the user no longer wants a job whose attempt has ended; false if nothing is on its way, or it is known.
    mutating func cancelDelivery(_ key: AttemptKey) -> Bool {
        guard let outgoing = outbox[key], !outgoing.isCancelled else { return false }
        outbox[key]?.isCancelled = true
        return true
    }

    func isDeliveryCancelled(_ key: AttemptKey) -> Bool { outbox[key]?.isCancelled ?? false }

    /// Acknowledged, or given up.
    mutating func settled(_ key: AttemptKey) {
        outbox[key] = nil
        chunks.forget(key)
    }

    /// Not acknowledged: to be sent again, after the others.
    ///
    /// The first registration does not wait for a report that the control plane can't handle, nor where a person has to
    /// do something: registering then says what.
    mutating func deliveryFailed(_ key: AttemptKey, _ error: ControlPlaneError? = nil) {
        guard outbox[key] != nil else { return }
        lastOrder += 1
        outbox[key]?.order = lastOrder
        outbox[key]?.progress = .ready
        guard let error, registrations == 0 else { return }
        if error.status == 500 { outbox[key]?.serverErrors += 1 }
        if error.advice == .misconfigured || error.advice == .refused || outbox[key]?.serverErrors == 3 { outbox[key]?.progress = .untilRegistered }
    }

    /// Replaces the report of an attempt and sends it again.
    mutating func deliveryChanged(_ key: AttemptKey, memory: SpooledReport?) {
        if memory != nil { outbox[key]?.memory = memory }
        deliveryFailed(key)
    }

    /// The control plane knows nothing of the report, or of this runner: to be sent again after the next registration.
    /// True when it has been said under an earlier registration already, so that registering does not help.
    mutating func deliveryUnknown(_ delivery: Delivery) -> Bool {
        guard let report = outbox[delivery.key] else { return false }
        let registration = delivery.turn.registration
        if let before = report.unknownIn, before < registration { return true }
        outbox[delivery.key]?.unknownIn = registration
        sessionLost(delivery.turn)
        // Somebody may have registered while the call was under way.
        outbox[delivery.key]?.progress = session == nil ? .untilRegistered : .ready
        return false
    }

    struct Heartbeat: Sendable {
        var attempts: [AttemptKey]
        /// Of those, the ones that are being stopped, or have ended and are no longer wanted.
        var ending: [AttemptKey]
        var isPaused: Bool
        var troubles: [String: EngineTrouble]
        var troubleChanges: Int
        var interval: Duration
        /// Sent to be held for the interval, instead of once in every interval.
        var isHeld: Bool
        var turn: Turn
    }

    func heartbeat() -> Heartbeat? {
        guard let session else { return nil }
        let attempts = runningAttempts.union(undelivered).sorted { ($0.jobID, $0.attempt) < ($1.jobID, $1.attempt) }
        return Heartbeat(
            attempts: attempts, ending: attempts.filter { running[$0]?.stop != nil || isDeliveryCancelled($0) }, isPaused: isPaused,
            troubles: troubles, troubleChanges: troubleChanges, interval: session.heartbeatInterval, isHeld: session.holdsHeartbeats, turn: turn)
    }
}
