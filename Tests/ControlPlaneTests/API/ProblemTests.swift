import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import Testing

@testable import ControlPlane

@Suite("Problems that the API answers with")
struct ProblemTests {
    @Test("Whatever does not exist is a problem that says what", arguments: [
        (HTTPRequest.Method.get, "/nosuch", "there is nothing at '/nosuch'"), (.get, "/", "there is nothing at '/'"),
        (.get, "/batches/x", "there is no batch 'x'"), (.get, "/batches/x/results", "there is no batch 'x'"),
        (.get, "/batches/x/jobs", "there is no batch 'x'"), (.post, "/batches/x/cancel", "there is no batch 'x'"),
        (.get, "/jobs/x", "there is no job 'x'"), (.get, "/jobs/x-0", "there is no job 'x-0'"),
        (.get, "/jobs/x-0/results", "there is no job 'x-0'"), (.post, "/jobs/x/cancel", "there is no job 'x'"),
        (.get, "/runners/x", "there is no runner 'x'"), (.post, "/runners/x/drain", "there is no runner 'x'"),
    ])
    func missing(method: HTTPRequest.Method, path: String, detail: String) async throws {
        try await TestControlPlane().test { client in
            let problem = try await client.problem(method, path, status: 404)
            #expect(problem.detail == detail)
        }
    }

    @Test("Another method than a path takes is 405 and says which it takes") func methods() async throws {
        try await TestControlPlane().test { client in
            let response = try await client.call(.delete, "/jobs")
            #expect(response.headers[.allow] == "POST")
            #expect(try response.problem(status: 405).detail == "'/jobs' takes POST, not DELETE")
            _ = try await client.problem(.get, "/jobs", status: 405)
            for method in ["OPTIONS", "TRACE", "QUERY"] { _ = try await client.problem(HTTPRequest.Method(method)!, "/batches", status: 405) }
            _ = try await client.problem(.put, "/batches/x", status: 405)
            _ = try await client.problem(.post, "/healthz", status: 405)
            _ = try await client.problem(.get, "/runner/v1/claim", status: 405)
            let head = try await client.call(.head, "/healthz")
            #expect(head.status == .ok)
            #expect(head.body.readableBytes == 0)
        }
    }

    @Test("A parameter that cannot be is named", arguments: [
        ("limit=0", "limit"), ("limit=1001", "limit"), ("limit=x", "limit"), ("limit=%2B5", "limit"), ("status=Done", "status"),
        ("cursor=-1", "cursor"), ("cursor=07", "cursor"), ("stauts=Failed", "stauts"), ("limit=1&limit=2", "limit"),
    ])
    func parameters(query: String, field: String) async throws {
        try await TestControlPlane().test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(), status: .created)
            let problem = try await client.problem(.get, "/batches/\(receipt.batchID)/jobs?\(query)", status: 422)
            #expect(problem.errors?.map(\.field) == [field])
        }
    }

    @Test("A parameter that a call does not take is told, with those it takes") func unknownParameters() async throws {
        try await TestControlPlane().test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(), status: .created)
            let list = try await client.problem(.get, "/batches/\(receipt.batchID)/jobs?state=Failed", status: 422)
            #expect(list.detail == "the parameter 'state' is not known; GET /batches/{batch}/jobs takes cursor, limit, status")
            let health = try await client.problem(.get, "/healthz?verbose", status: 422)
            #expect(health.detail == "the parameter 'verbose' is not known; GET /healthz takes no parameters")
            _ = try await client.problem(.get, "/batches?cursor=x", status: 422)
            _ = try await client.problem(.get, "/runners?cursor=MS5h%20", status: 422)
        }
    }

    @Test("A body of another type than JSON is refused", arguments: [
        ("application/x-www-form-urlencoded", 415), ("text/plain", 415), ("", 415), ("application/jsonx", 415),
        ("application/json", 422), ("Application/JSON; charset=utf-8", 422),
    ])
    func mediaTypes(type: String, status: Int) async throws {
        try await TestControlPlane().test { client in
            let response = try await client.execute(
                uri: "/runner/v1/leave", method: .post, headers: [.contentType: type], body: ByteBuffer(string: "{}"))
            let problem = try response.problem(status: status, of: type)
            if status == 415 { #expect(problem.errors?.map(\.field) == ["Content-Type"]) }
        }
    }

    @Test("A body over the limit is refused, announced or not") func tooLarge() async throws {
        try await TestControlPlane().test { client in
            let body = ByteBuffer(repeating: UInt8(ascii: " "), count: BodyLimit.message + 1)
            let response = try await client.execute(uri: "/runner/v1/claim", method: .post, body: body)
            #expect(try response.problem(status: 413).detail == "the body may have at most \(BodyLimit.message) bytes")
            let announced = try await client.execute(
                uri: "/runner/v1/claim", method: .post, headers: [.contentLength: "0"], body: ByteBuffer(string: "{}"))
            _ = try announced.problem(status: 422)
        }
        let request = Request(
            head: .init(method: .post, scheme: nil, authority: nil, path: "/"),
            body: .init(buffer: ByteBuffer(repeating: 0, count: 11)))
        await #expect(throws: Problem.tooLarge(limit: 10)) { try await request.bytes(upTo: 10) }
    }

    @Test("A runner's body that is wrong names the field") func runnerBodies() async throws {
        try await TestControlPlane().test { client in
            func field(_ body: String, _ path: String = "/runner/v1/heartbeat") async throws -> String? {
                let response = try await client.execute(uri: path, method: .post, body: ByteBuffer(string: body))
                return try response.problem(status: 422, of: body).errors?.first?.field
            }
            #expect(try await field(#"{"session_id": "s", "attempts": []}"#) == "runner_id")
            #expect(try await field(#"{"runner_id": "r", "session_id": 7, "attempts": []}"#) == "session_id")
            #expect(
                try await field(#"{"runner_id": "r", "session_id": "s", "attempts": [{"job_id": "j", "attempt": 1}, {"job_id": "j"}]}"#)
                    == "attempts[1].attempt")
            #expect(
                try await field(#"{"runner_id": "r", "attempt": 1, "started_at": "yesterday"}"#, "/runner/v1/jobs/x-0/started")
                    == "started_at")
            #expect(
                try await field(#"{"runner_id": "r", "session_id": "s", "slots": 0, "wait_seconds": 0}"#, "/runner/v1/claim") == "slots")
            for body in ["", "{", "7", "[]", "null"] {
                let response = try await client.execute(uri: "/runner/v1/leave", method: .post, body: ByteBuffer(string: body))
                _ = try response.problem(status: 400, of: body)
            }
        }
    }

    @Test("An unknown session is told to register, a stale attempt to stop") func runnerRefusals() async throws {
        try await TestControlPlane().test { client in
            let claim = ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0)
            #expect(try await client.problem(.post, "/runner/v1/claim", claim, status: 404).detail?.hasSuffix("register again") == true)
            let started = StartedReport(runnerID: "r1", attempt: 1, startedAt: Date(timeIntervalSince1970: 0))
            _ = try await client.problem(.post, "/runner/v1/jobs/x-0/started", started, status: 409)
            var old = TestLedger.registration()
            old.protocolVersion = "0.9"
            let problem = try await client.problem(.post, "/runner/v1/register", old, status: 422)
            #expect(problem.errors?.map(\.field) == ["protocol_version"])
            for (registration, field) in [
                (TestLedger.registration(""), "runner_id"), (TestLedger.registration(session: ""), "session_id"),
                (TestLedger.registration(slots: 0), "capabilities.max_concurrent_jobs"),
            ] {
                let problem = try await client.problem(.post, "/runner/v1/register", registration, status: 422)
                #expect(problem.errors?.map(\.field) == [field])
            }
        }
    }

    @Test("A report under another job's path is refused") func wrongPath() async throws {
        try await TestControlPlane().test { client in
            _ = try await client.call(.post, "/jobs", TestLedger.submission(runs: 2))
            try await client.register()
            let jobs = try await client.claim(slots: 2).jobs
            let report = TestLedger.report(jobs[0], .success)
            let problem = try await client.problem(.post, "/runner/v1/jobs/\(jobs[1].jobID)/result", report, status: 422)
            #expect(problem.errors?.map(\.field) == ["result.job_id"])
        }
    }

    @Test("Web pages of others may not call, under whatever name they reach us") func browsers() async throws {
        try await TestControlPlane().test(.live) { client in
            for origin in [
                "http://evil.example", "https://evil.example:8080", "null", "http://127.0.0.1.evil.example", "http://localhost:5173",
            ] {
                _ = try await client.problem(.get, "/batches", headers: [.origin: origin], status: 403)
            }
            #expect(try await client.call(.get, "/batches", headers: [.origin: "http://localhost"]).status == .ok)
        }
        for (authority, host) in [
            ("localhost:80", "localhost"), ("[::1]:80", "::1"), ("127.0.0.1", "127.0.0.1"), ("evil.example:1", "evil.example"),
        ] {
            #expect(LoopbackOnlyMiddleware<APIContext>.host(ofAuthority: authority) == host)
        }
    }

    @Test("What fails inside is told without its insides") func internalError() async throws {
        let plane = try TestControlPlane()
        try await plane.test { client in
            _ = try await client.call(.post, "/jobs", TestLedger.submission())
            _ = try await plane.controlPlane.ledger.driver.write { try $0.run("UPDATE batches SET status = 'Odd'") }
            let problem = try await client.problem(.get, "/batches", status: 500)
            #expect(problem.detail == "the control plane could not answer; its log says why")
        }
    }
}
