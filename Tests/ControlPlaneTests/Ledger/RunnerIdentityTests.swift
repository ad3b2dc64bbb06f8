import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Two machines with one runner's identity")
struct RunnerIdentityTests {
    private func registration(_ session: String, on machine: String?) -> RegisterRequest {
        var request = TestLedger.registration(session: session)
        request.machine = machine
        return request
    }

    @Test("The second is refused while the first is at work, which loses nothing", arguments: TestDriver.allCases)
    func second(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.ledger.register(registration("s1", on: "bench-1/a"))
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        test.clock.advance(by: 4)
        await #expect(throws: LedgerError.runnerElsewhere(runnerID: "r1", machine: "bench-1", silentFor: 4000, leaseLeft: 26_000)) {
            try await test.ledger.register(registration("s2", on: "bench-2/b"))
        }
        #expect(try await test.heartbeat([job]) == HeartbeatResponse())
        #expect(try await test.job(job).status == .claimed)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A machine that has signed off, or has been silent for a lease, may be replaced", arguments: [true, false])
    func moved(isSignedOff: Bool) async throws {
        let test = try TestLedger()
        try await test.ledger.register(registration("s1", on: "bench-1/a"))
        if isSignedOff {
            try await test.ledger.leave(LeaveRequest(runnerID: "r1", sessionID: "s1"))
        } else {
            test.clock.advance(by: 30)
        }
        try await test.ledger.register(registration("s2", on: "bench-2/b"))
        #expect(try await test.claim(session: "s2").isEmpty)
    }

    @Test("A process that was started again takes over at once, also one that doesn't say where it is", arguments: ["bench-1/a", nil])
    func restarted(machine: String?) async throws {
        let test = try TestLedger()
        try await test.ledger.register(registration("s1", on: machine))
        try await test.submit(runs: 1)
        let job = try await test.claim()[0]
        try await test.ledger.register(registration("s2", on: machine))
        #expect(try await test.job(job).status == .pending)
        // The same session again is no other.
        try await test.ledger.register(registration("s2", on: machine))
        #expect(try await test.claim(session: "s2").count == 1)
    }

    @Test("A session that was replaced and comes back is refused: its process and another's are one runner", arguments: TestDriver.allCases)
    func replaced(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(session: "s1")
        try await test.register(session: "s2")
        try await test.register(session: "s2")
        try await test.submit(runs: 1)
        let job = try await test.claim(session: "s2")[0]
        await #expect(throws: LedgerError.sessionReplaced(runnerID: "r1")) { try await test.register(session: "s1") }
        #expect(try await test.job(job).status == .claimed)
    }

    @Test("The refusal is one line that says what to do") func words() async throws {
        let plane = try TestControlPlane()
        try await plane.test { client in
            try await client.call(.post, "/runner/v1/register", registration("s1", on: "bench-1/a"))
            let elsewhere = try await client.problem(.post, "/runner/v1/register", registration("s2", on: "bench-2/b"), status: 409)
            #expect(
                elsewhere.detail == "runner 'r1' is at work on machine 'bench-1', heard of 0 s ago: two state directories are copies of one; "
                    + "remove 'runner-id' and 'credential' from this runner's to give it an identity of its own, "
                    + "or, if the other machine is gone, start this runner again in 30 s")
            try await client.call(.post, "/runner/v1/register", registration("s2", on: "bench-1/a"))
            let replaced = try await client.problem(.post, "/runner/v1/register", registration("s1", on: "bench-1/a"), status: 409)
            #expect(replaced.detail?.hasPrefix("another process has registered as runner 'r1' since this one did") == true)
            let long = try await client.problem(.post, "/runner/v1/register", registration("s3", on: String(repeating: "x", count: 513)), status: 422)
            #expect(long.errors?.map(\.field) == ["machine"])
        }
    }
}
