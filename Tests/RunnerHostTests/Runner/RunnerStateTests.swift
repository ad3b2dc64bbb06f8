import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("The state of a runner")
struct RunnerStateTests {
    private let answer = RegisterResponse(leaseSeconds: 30, heartbeatIntervalSeconds: 5)
    private let a = Attempt.sample("a"), b = Attempt.sample("b"), c = Attempt.sample("c")
    private let now = ContinuousClock.now

    private func error(_ status: Int) -> ControlPlaneError {
        ControlPlaneError(call: "result", server: "s", cause: .status(status, nil, retryAfter: nil))
    }

    private func registered(capacity: Int = 2) -> Subject {
        let state = Subject(RunnerState(capacity: capacity))
        state.now.registered(answer)
        return state
    }

    private func slots(_ state: Subject) -> Int? {
        if case .claim(let slots, _, _)? = state.now.claimTurn() { slots } else { nil }
    }

    @Test("Claims are for the free slots, and there is none when nothing is free")
    func freeSlots() {
        let state = registered()
        #expect(slots(state) == 2)
        #expect(state.admit(a) == .run)
        #expect(slots(state) == 1)
        #expect(state.admit(b) == .run)
        #expect(state.now.claimTurn() == nil)
        #expect(state.admit(c, isSurplus: true) == .full)
        state.now.ended(a.key)
        #expect(slots(state) == 1)
    }

    @Test("What was asked for is taken, although jobs have become longer since and none would be held ahead now")
    func askedFor() {
        let state = registered(capacity: 1)
        #expect(state.admit(a) == .run)
        #expect(state.assignSlot(a, at: now))
        state.now.running.over(a.key, at: now)
        #expect(slots(state) == 2)
        #expect(state.admit(b) == .run)
        #expect(state.assignSlot(b, at: now))
        state.now.running.over(b.key, at: now + .seconds(60))
        for key in [a.key, b.key] { state.now.ended(key) }
        #expect(slots(state) == 1)
        for attempt in [c, Attempt.sample("d")] { #expect(state.admit(attempt) == .run) }
        #expect(slots(state) == nil)
    }

    @Test("What has nothing running any more leaves its slot to others, but reports that are being made are not gathered without end")
    func overButNotEnded() {
        let state = registered(capacity: 1)
        #expect(state.admit(a) == .run)
        #expect(state.assignSlot(a, at: now))
        state.now.running.over(a.key, at: now + .seconds(60))
        #expect(slots(state) == 1)
        #expect(state.admit(b) == .run)
        #expect(state.assignSlot(b, at: now))
        state.now.running.over(b.key, at: now + .seconds(60))
        #expect(state.now.claimTurn() == nil)
        state.now.ended(a.key)
        #expect(slots(state) == 1)
    }

    @Test("Where jobs are short the next ones are held ready, and let in when one has gone; where they are long none waits", arguments: [0.1, 60])
    func ahead(seconds: Double) {
        let state = registered(capacity: 1)
        #expect(state.admit(a) == .run)
        #expect(state.assignSlot(a, at: now))
        #expect(slots(state) == nil)
        state.now.running.over(a.key, at: now + .seconds(seconds))
        state.now.ended(a.key)
        #expect(slots(state) == (seconds < 1 ? 2 : 1))
        #expect(state.admit(b) == .run)
        #expect(state.assignSlot(b, at: now))
        #expect(slots(state) == (seconds < 1 ? 1 : nil))
        guard seconds < 1 else { return #expect(state.admit(c, isSurplus: true) == .full) }
        #expect(state.admit(c) == .run)
        #expect(!state.assignSlot(c, at: now))
        #expect(slots(state) == nil)
        state.now.running.over(b.key, at: now + .seconds(seconds))
        #expect(state.assignSlot(c, at: now))
    }

    @Test("What waits for a slot and is stopped does not wait any longer")
    func stoppedAhead() {
        let state = registered(capacity: 1)
        #expect(state.admit(c) == .run)
        #expect(state.assignSlot(c, at: now))
        state.now.running.over(c.key, at: now)
        state.now.ended(c.key)
        for attempt in [a, b] { #expect(state.admit(attempt) == .run) }
        #expect(state.assignSlot(a, at: now))
        #expect(!state.assignSlot(b, at: now))
        b.stop(.cancelled)
        #expect(state.assignSlot(b, at: now))
    }

    @Test("The same attempt handed out twice is run once, also after it ended")
    func duplicate() {
        let state = registered()
        #expect(state.admit(a) == .run)
        #expect(state.admit(a) == .duplicate)
        state.now.ended(a.key)
        #expect(state.admit(a) == .duplicate)
    }

    @Test("Nothing is claimed before registering, while paused, or when leaving")
    func noClaims() {
        let state = Subject(RunnerState(capacity: 1))
        #expect(state.now.claimTurn() == nil)
        state.now.registered(answer)
        #expect(state.pause(true))
        #expect(!state.pause(true))
        #expect(state.now.claimTurn() == nil)
        #expect(state.pause(false))
        #expect(slots(state) == 1)
        #expect(state.advance(to: .draining))
        guard case .done? = state.now.claimTurn() else { return #expect(Bool(false), "a draining runner claims") }
        #expect(state.admit(a) == .leaving)
    }

    @Test("A runner on its way out never turns back")
    func phases() {
        let state = Subject(RunnerState(capacity: 1))
        #expect(state.advance(to: .stopping))
        #expect(!state.advance(to: .draining))
        #expect(state.now.phase == .stopping)
    }

    @Test("The first registration waits until what was left has been offered")
    func leftoversFirst() throws {
        let state = Subject(RunnerState(capacity: 1))
        state.now.adopt([a.key, b.key])
        #expect(state.now.registrationTurn() == nil)
        let first = try #require(state.nextDelivery())
        #expect(first.key == a.key)
        state.now.settled(a.key)
        #expect(state.now.registrationTurn() == nil)
        let second = try #require(state.nextDelivery())
        // Unknown to a control plane that does not know the runner either.
        #expect(!state.deliveryUnknown(second))
        #expect(state.nextDelivery() == nil)
        #expect(state.now.registrationTurn() != nil)
        state.now.registered(answer)
        let third = try #require(state.nextDelivery())
        #expect(third.key == b.key)
        #expect(state.deliveryUnknown(third))
    }

    @Test("A leftover that the control plane breaks down over does not keep the runner from registering")
    func poisonedLeftover() throws {
        let state = Subject(RunnerState(capacity: 1))
        state.now.adopt([a.key])
        for _ in 0..<3 {
            #expect(state.now.registrationTurn() == nil)
            let delivery = try #require(state.nextDelivery())
            state.now.deliveryFailed(delivery.key, error(500))
        }
        #expect(state.nextDelivery() == nil)
        #expect(state.now.registrationTurn() != nil)
    }

    @Test("A control plane that is away does keep the runner from registering, however long")
    func outageAtStart() throws {
        let state = Subject(RunnerState(capacity: 1))
        state.now.adopt([a.key])
        for _ in 0..<100 {
            let delivery = try #require(state.nextDelivery())
            state.now.deliveryFailed(delivery.key, error(503))
        }
        #expect(state.now.registrationTurn() == nil)
    }

    @Test("A failed delivery goes behind the others")
    func fairness() throws {
        let state = registered()
        state.now.adopt([a.key, b.key])
        let first = try #require(state.nextDelivery())
        state.now.deliveryFailed(first.key)
        #expect(state.nextDelivery()?.key == b.key)
        #expect(state.nextDelivery()?.key == a.key)
        #expect(state.nextDelivery() == nil)
    }

    @Test("Only the newest session can be lost")
    func sessionLost() throws {
        let state = registered()
        let old = state.now.turn
        state.now.sessionLost(old)
        #expect(state.now.session == nil)
        state.now.registered(answer)
        state.now.sessionLost(old)
        #expect(state.now.session != nil)
    }

    @Test("Heartbeats carry what runs and what awaits delivery")
    func heartbeat() {
        let state = registered()
        _ = state.admit(b)
        _ = state.admit(c)
        state.now.ended(c.key)
        state.now.adopt([a.key])
        #expect(state.now.heartbeat()?.attempts == [a.key, b.key, c.key])
        #expect(state.now.heartbeat()?.interval == .seconds(5))
    }

    @Test("A report in memory holds its slot until it is on disk or delivered")
    func memory() {
        let state = registered(capacity: 1)
        _ = state.admit(a)
        state.now.ended(a.key, memory: SpooledReport(json: Data()))
        #expect(state.now.claimTurn() == nil)
        #expect(state.spooled(a.key))
        #expect(slots(state) == 1)
        #expect(state.now.outbox.keys == [a.key])
    }

    @Test("Heartbeats say what is being stopped already")
    func ending() {
        let state = registered()
        _ = state.admit(a)
        _ = state.admit(b)
        a.stop(.cancelled)
        state.now.adopt([c.key])
        #expect(state.now.heartbeat()?.ending == [a.key])
        #expect(state.cancelDelivery(c.key) && !state.cancelDelivery(c.key) && !state.cancelDelivery(a.key))
        #expect(state.now.heartbeat()?.ending == [a.key, c.key])
    }
}

/// A state whose steps can be taken inside an expectation.
private final class Subject {
    var now: RunnerState

    init(_ state: RunnerState) { now = state }

    func admit(_ attempt: Attempt, isSurplus: Bool = false) -> RunnerState.Admission { now.admit(attempt, isSurplus: isSurplus) }
    func assignSlot(_ attempt: Attempt, at time: ContinuousClock.Instant) -> Bool { now.running.assignSlot(to: attempt, at: time) != nil }
    func cancelDelivery(_ key: AttemptKey) -> Bool { now.outbox.cancel(key) }
    func advance(to phase: RunnerPhase) -> Bool { now.advance(to: phase) }
    func pause(_ paused: Bool) -> Bool { now.pause(paused) }
    func nextDelivery() -> Outbox.Delivery? { now.nextDelivery() }
    func deliveryUnknown(_ delivery: Outbox.Delivery) -> Bool { now.deliveryUnknown(delivery) }
    func spooled(_ key: AttemptKey) -> Bool { now.spooled(key) }
}
