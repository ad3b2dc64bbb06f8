import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Runners that prove who they are", .serialized)
struct EnrollmentTests {
    private func token(_ plane: GuardedControlPlane, types: [String]? = nil, tenant: String = "lab") async throws -> String {
        try await plane.ledger.createEnrollment(EnrollmentRequest(simulationTypes: types), tenant: tenant).secret
    }

    private static func request(_ runner: String, types: [String] = ["basilisk"]) -> EnrollRequest {
        EnrollRequest(runnerID: runner, name: "bench", capabilities: TestLedger.registration(types: types).capabilities)
    }

    private static let enroll = "/runner/v1/enroll"
    private static let renew = "/runner/v1/renew"

    @Test("An enrolment token is good for one runner; an answer that got lost may be asked for again until it is used", arguments: TestDriver.allCases)
    func once(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let token = try await token(plane)
        try await plane.test { client in
            let lost: RunnerCredential = try await client.call(.post, Self.enroll, as: token, Self.request("r1")).decode()
            let other = try await client.call(.post, Self.enroll, as: token, Self.request("r2"))
            #expect(try other.problem(status: 409).detail?.contains("has been used") == true)
            let kept: RunnerCredential = try await client.call(.post, Self.enroll, as: token, Self.request("r1")).decode()
            #expect(try await client.call(.post, "/runner/v1/register", as: lost.secret, TestLedger.registration("r1")).status == .unauthorized)
            #expect(try await client.call(.post, "/runner/v1/register", as: kept.secret, TestLedger.registration("r1")).status == .ok)
            _ = try await client.call(.post, Self.enroll, as: token, Self.request("r1")).problem(status: 409)
        }
    }

    @Test("A runner that is at work is not taken over by who has an enrolment token, in its tenant or another", arguments: TestDriver.allCases)
    func takeover(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let credential = try await plane.enrolled("r1")
        let (same, other) = (try await token(plane), try await token(plane, tenant: "other"))
        try await plane.test { client in
            #expect(try await client.call(.post, "/runner/v1/register", as: credential, TestLedger.registration("r1")).status == .ok)
            for token in [same, other] { _ = try await client.call(.post, Self.enroll, as: token, Self.request("r1")).problem(status: 409) }
            #expect(try await client.call(.post, "/runner/v1/register", as: credential, TestLedger.registration("r1")).status == .ok)
        }
    }

    @Test("A runner declares only what its enrolment token allows, and registers only what it declared")
    func declared() async throws {
        let plane = try GuardedControlPlane()
        let token = try await token(plane, types: ["basilisk", "px4_sitl"])
        try await plane.test { client in
            let tooMuch = try await client.call(.post, Self.enroll, as: token, Self.request("r1", types: ["basilisk", "gazebo"]))
            #expect(try tooMuch.problem(status: 403).detail?.contains("'gazebo'") == true)
            let credential: RunnerCredential = try await client.call(.post, Self.enroll, as: token, Self.request("r1")).decode()
            let more = TestLedger.registration("r1", types: ["basilisk", "px4_sitl"])
            let refused = try await client.call(.post, "/runner/v1/register", as: credential.secret, more)
            #expect(try refused.problem(status: 403).detail?.contains("'px4_sitl'") == true)
            var withGPU = TestLedger.registration("r1")
            withGPU.capabilities.gpuAvailable = true
            #expect(try await client.call(.post, "/runner/v1/register", as: credential.secret, withGPU).status == .forbidden)
        }
    }

    @Test("Renewal rotates the secret; the old one lives until the new one is used; an expired one is renewed for 30 days", arguments: TestDriver.allCases)
    func renewal(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let first = try await plane.enrolled("r1")
        let registration = TestLedger.registration("r1")
        try await plane.test { [plane] client in
            func register(_ secret: String) async throws -> Int {
                try await client.call(.post, "/runner/v1/register", as: secret, registration).status.code
            }
            func renew(_ secret: String) async throws -> String {
                try await client.call(.post, Self.renew, as: secret, RenewRequest(runnerID: "r1")).decode(RunnerCredential.self).secret
            }
            #expect(try await register(first) == 200)
            let lost = try await renew(first)
            #expect(try await register(first) == 200)
            let second = try await renew(first)
            #expect(try await register(second) == 200)
            for old in [first, lost] { #expect(try await register(old) == 401) }

            plane.clock.advance(by: 3600)
            let late = try await client.call(.post, "/runner/v1/register", as: second, registration)
            #expect(late.headers[.wwwAuthenticate]?.contains("expired") == true)
            plane.clock.advance(by: 29 * 86_400)
            let third = try await renew(second)
            #expect(try await register(third) == 200)
            plane.clock.advance(by: 31 * 86_400)
            #expect(try await client.call(.post, Self.renew, as: third, RenewRequest(runnerID: "r1")).status == .unauthorized)
        }
    }

    @Test("Revoked, a runner loses its jobs at once, and each of its calls says that it was revoked", arguments: TestDriver.allCases)
    func revocation(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let (credential, admin) = (try await plane.enrolled("r1"), try await plane.token("lab", .admin))
        let batch = try await plane.ledger.submit(TestLedger.submission(runs: 1), tenant: "lab").batchID
        try await plane.test { [plane] client in
            _ = try await client.call(.post, "/runner/v1/register", as: credential, TestLedger.registration("r1"))
            let claim = ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0)
            let job = try await client.call(.post, "/runner/v1/claim", as: credential, claim).decode(ClaimResponse.self).jobs[0]
            for _ in 0..<2 { #expect(try await client.call(.post, "/runners/r1/revoke", as: admin).status == .noContent) }
            #expect(try await plane.ledger.job(job.jobID).status == .pending)
            for (path, body) in [
                ("/runner/v1/claim", claim), ("/runner/v1/jobs/\(batch)-0/result", TestLedger.report(job, .success)),
                (Self.renew, RenewRequest(runnerID: "r1")),
            ] as [(String, any Encodable)] {
                let response = try await client.call(.post, path, as: credential, body)
                #expect(response.status == .unauthorized)
                #expect(response.headers[.wwwAuthenticate]?.contains(#"error_description="revoked""#) == true)
            }
            #expect(try await client.call(.get, "/runners/r1", as: admin).decode(Runner.self).status == .offline)
        }
        #expect(try await plane.ledger.overview(batchID: batch).jobsByStatus == ["Pending": 1])
    }

    @Test("A runner can't speak for another, nor report, start or renew what was given to another")
    func othersAttempts() async throws {
        let plane = try GuardedControlPlane()
        let (one, two) = (try await plane.enrolled("r1"), try await plane.enrolled("r2"))
        let stranger = try await plane.enrolled("r3", tenant: "other")
        _ = try await plane.ledger.submit(TestLedger.submission(runs: 1), tenant: "lab")
        try await plane.test { [plane] client in
            for (runner, credential) in [("r1", one), ("r2", two), ("r3", stranger)] {
                _ = try await client.call(.post, "/runner/v1/register", as: credential, TestLedger.registration(runner, session: "s1"))
            }
            func claim(_ runner: String, _ credential: String) async throws -> [JobAssignment] {
                let request = ClaimRequest(runnerID: runner, sessionID: "s1", slots: 1, waitSeconds: 0)
                return try await client.call(.post, "/runner/v1/claim", as: credential, request).decode(ClaimResponse.self).jobs
            }
            #expect(try await claim("r3", stranger).isEmpty)
            let job = try await claim("r1", one)[0]
            let path = "/runner/v1/jobs/\(job.jobID)"
            for (runner, credential) in [("r2", two), ("r3", stranger)] {
                let started = StartedReport(runnerID: runner, attempt: job.attempt, startedAt: plane.clock.now())
                let result = TestLedger.report(job, .success, runner: runner)
                #expect(try await client.call(.post, "\(path)/started", as: credential, started).status == .conflict)
                let refused = try await client.call(.post, "\(path)/result", as: credential, result)
                let absent = try await client.call(.post, "/runner/v1/jobs/absent-0/result", as: credential, {
                    var result = result
                    result.result.jobID = "absent-0"
                    return result
                }())
                #expect(refused.status == .conflict)
                #expect(String(buffer: refused.body).replacing(job.jobID, with: "absent-0") == String(buffer: absent.body))
                let beat = HeartbeatRequest(
                    runnerID: runner, sessionID: "s1", attempts: [AttemptKey(jobID: job.jobID, attempt: job.attempt)])
                let answer: HeartbeatResponse = try await client.call(.post, "/runner/v1/heartbeat", as: credential, beat).decode()
                #expect(answer.stale == beat.attempts)
                // In the first one's name.
                let forged: [(String, any Encodable)] = [
                    ("\(path)/started", StartedReport(runnerID: "r1", attempt: job.attempt, startedAt: plane.clock.now())),
                    ("\(path)/result", TestLedger.report(job, .success)),
                    ("/runner/v1/heartbeat", HeartbeatRequest(runnerID: "r1", sessionID: "s1", attempts: [])),
                    ("/runner/v1/claim", ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0)),
                    ("/runner/v1/register", TestLedger.registration("r1")), ("/runner/v1/leave", LeaveRequest(runnerID: "r1", sessionID: "s1")),
                    (Self.renew, RenewRequest(runnerID: "r1")),
                ]
                for (path, body) in forged {
                    #expect(try await client.call(.post, path, as: credential, body).status == .forbidden, "\(path)")
                }
            }
            #expect(try await plane.ledger.job(job.jobID).status == .claimed)
            #expect(try await client.call(.post, "\(path)/result", as: one, TestLedger.report(job, .success)).status == .noContent)
        }
    }
}
