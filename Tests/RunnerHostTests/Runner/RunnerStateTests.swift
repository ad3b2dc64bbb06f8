import FoundationEssentials
import LynxModel
import Testing

@testable import RunnerHost

@Suite("The state of a runner")
struct RunnerStateTests {
    private let answer = RegisterResponse(leaseSeconds: 30, heartbeatIntervalSeconds: 5)
    private let a = AttemptKey(jobID: "a", attempt: 1)
    private let b = AttemptKey(jobID: "b", attempt: 1)
    private let c = AttemptKey(jobID: "c", attempt: 1)

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
        #expect(state.admit(c) == .full)
        state.now.ended(a)
        #expect(slots(state) == 1)
    }

    @Test("What has nothing running any more leaves its slot to others, but reports that are being made are not gathered without end")
    func overButNotEnded() {
        let state = registered(capacity: 1)
        #expect(state.admit(a) == .run)
        #expect(state.letIn(a) == true)
        state.now.over(a, after: .seconds(60))
        #expect(slots(state) == 1)
        #expect(state.admit(b) == .run)
        #expect(state.letIn(b) == true)
        state.now.over(b, after: .seconds(60))
        #expect(state.now.claimTurn() == nil)
        state.now.ended(a)
        #expect(slots(state) == 1)
    }

    @Test("Where jobs are short the next ones are held ready, and let in when one has gone; where they are long none waits", arguments: [0.1, 60])
    func ahead(seconds: Double) {
        let state = registered(capacity: 1)
        #expect(state.admit(a) == .run)
        #expect(state.letIn(a) == true)
        #expect(slots(state) == nil)
        state.now.over(a, after: .seconds(seconds))
        state.now.ended(a)
        #expect(slots(state) == (seconds < 1 ? 2 : 1))
        #expect(state.admit(b) == .run)
        #expect(state.letIn(b) == true)
        #expect(slots(state) == (seconds < 1 ? 1 : nil))
        guard seconds < 1 else { return #expect(state.admit(c) == .full) }
        #expect(state.admit(c) == .run)
        #expect(state.letIn(c) == nil)
        #expect(slots(state) == nil)
        state.now.over(b, after: .seconds(seconds))
        #expect(state.letIn(c) == true)
    }

    @Test("What waits for a slot and is to be stopped does not wait any longer")
    func stoppedAhead() {
        let state = registered(capacity: 1)
        state.now.over(a, after: .zero)
        for key in [a, b] { #expect(state.admit(key) == .run) }
        #expect(state.letIn(a) == true)
        #expect(state.letIn(b) == nil)
        #expect(state.stopRequested(b, as: .cancelled))
        #expect(state.letIn(b) == true)
    }

    @Test("The same attempt handed out twice is run once, also after it ended")
    func duplicate() {
        let state = registered()
        #expect(state.admit(a) == .run)
        #expect(state.admit(a) == .duplicate)
        state.now.ended(a)
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
        state.now.adopt([a, b])
        #expect(state.now.registrationTurn() == nil)
        let first = try #require(state.nextDelivery())
        #expect(first.key == a)
        state.now.settled(a)
        #expect(state.now.registrationTurn() == nil)
        let second = try #require(state.nextDelivery())
        // Unknown to a control plane that does not know the runner either.
        #expect(!state.deliveryUnknown(second))
        #expect(state.nextDelivery() == nil)
        #expect(state.now.registrationTurn() != nil)
        state.now.registered(answer)
        let third = try #require(state.nextDelivery())
        #expect(third.key == b)
        #expect(state.deliveryUnknown(third))
    }

    @Test("A leftover that the control plane breaks down over does not keep the runner from registering")
    func poisonedLeftover() throws {
        let state = Subject(RunnerState(capacity: 1))
        state.now.adopt([a])
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
        state.now.adopt([a])
        for _ in 0..<100 {
            let delivery = try #require(state.nextDelivery())
            state.now.deliveryFailed(delivery.key, error(503))
        }
        #expect(state.now.registrationTurn() == nil)
    }

    @Test("A failed delivery goes behind the others")
    func fairness() throws {
        let state = registered()
        state.now.adopt([a, b])
        let first = try #require(state.nextDelivery())
        state.now.deliveryFailed(first.key)
        #expect(state.nextDelivery()?.key == b)
        #expect(state.nextDelivery()?.key == a)
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
        state.now.ended(c)
        state.now.adopt([a])
        #expect(state.now.heartbeat()?.attempts == [a, b, c])
        #expect(state.now.heartbeat()?.interval == .seconds(5))
    }

    @Test("A report in memory holds its slot until it is on disk or delivered")
    func memory() {
        let state = registered(capacity: 1)
        _ = state.admit(a)
        state.now.ended(a, memory: SpooledReport(json: Data()))
        #expect(state.now.claimTurn() == nil)
        #expect(state.spooled(a))
        #expect(slots(state) == 1)
        #expect(state.now.undelivered == [a])
    }

    @Test("Nothing outranks an attempt's being stale")
    func stopReasons() {
        let state = registered()
        #expect(!state.stopRequested(a, as: .cancelled))
        _ = state.admit(a)
        #expect(state.stopRequested(a, as: .cancelled))
        #expect(state.stopRequested(a, as: .stale))
        #expect(state.stopRequested(a, as: .lost))
        #expect(state.now.stopReason(a) == .stale)
    }
}

/// A state whose steps can be taken inside an expectation.
private final class Subject {
    var now: RunnerState

    init(_ state: RunnerState) { now = state }

    func admit(_ key: AttemptKey) -> RunnerState.Admission { now.admit(key, type: "basilisk") }
    func letIn(_ key: AttemptKey) -> Bool? { now.letIn(key, type: "basilisk") }
    func advance(to phase: RunnerPhase) -> Bool { now.advance(to: phase) }
    func pause(_ paused: Bool) -> Bool { now.pause(paused) }
    func nextDelivery() -> RunnerState.Delivery? { now.nextDelivery() }
    func deliveryUnknown(_ delivery: RunnerState.Delivery) -> Bool { now.deliveryUnknown(delivery) }
    func spooled(_ key: AttemptKey) -> Bool { now.spooled(key) }
    func stopRequested(_ key: AttemptKey, as reason: StopReason) -> Bool { now.stopRequested(key, as: reason) }
}
