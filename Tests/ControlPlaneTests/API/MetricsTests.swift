import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("What the control plane measures", .serialized)
struct MetricsTests {
    @Test("Jobs, runners and calls are counted where they belong", arguments: TestDriver.allCases)
    func counts(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 5), status: .created)
            try await client.register()
            let jobs = try await client.claim(slots: 3).jobs
            for (job, outcome) in zip(jobs, [AttemptOutcome.success, .failure]) {
                try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/result", TestLedger.report(job, outcome))
            }
            _ = try await client.call(.get, "/batches/\(receipt.batchID)/nosuch")
            for id in 0..<3 { _ = try await client.call(.get, "/jobs/x-\(id)") }
            try await client.call(.post, "/runner/v1/leave", LeaveRequest(runnerID: "r1", sessionID: "s1"))
            let response = try await client.call(.get, "/metrics")
            #expect(response.headers[.contentType] == "text/plain; version=0.0.4; charset=utf-8")
            let lines = Set(String(buffer: response.body).split(separator: "\n").map(String.init))
            for line in [
                #"lynx_jobs{status="Pending"} 3"#, #"lynx_jobs{status="Completed"} 1"#, #"lynx_jobs{status="Failed"} 1"#,
                #"lynx_batches{status="Running"} 1"#, #"lynx_runners{status="Offline"} 1"#, #"lynx_jobs_claimed_total 3"#,
                #"lynx_attempts_reported_total{outcome="failure"} 1"#, "lynx_attempts_lost_total 1", "lynx_leases_expired_total 0",
                #"lynx_http_requests_total{method="GET",route="/jobs/{job}",status="404"} 3"#,
                #"lynx_http_requests_total{method="GET",route="unmatched",status="404"} 1"#,
                #"lynx_http_request_duration_seconds_count{method="GET",route="/jobs/{job}"} 3"#,
                #"lynx_http_request_duration_seconds_bucket{method="GET",route="/jobs/{job}",le="+Inf"} 3"#,
                #"lynx_build_info{protocol="\#(RunnerProtocol.version)",version="\#(LynxVersion.current)"} 1"#,
            ] {
                #expect(lines.contains(line), "\(line)")
            }
            // PostgreSQL groups commits for itself, too.
            #expect(lines.contains { $0.hasPrefix("lynx_ledger_commit_groups_total ") } == (driver == .sqlite))
            // No id has become a label.
            #expect(!lines.contains { $0.contains(receipt.batchID) || $0.contains("r1") })
        }
    }

    @Test("Another tenant's jobs are not counted", arguments: TestDriver.allCases)
    func tenants(driver: TestDriver) async throws {
        let plane = try GuardedControlPlane(driver)
        let token = try await plane.token("lab", .admin)
        _ = try await plane.ledger.submit(TestLedger.submission(), tenant: "other")
        try await plane.test { client in
            let text = String(buffer: try await client.call(.get, "/metrics", as: token).body)
            #expect(text.contains(#"lynx_jobs{status="Pending"} 0"#))
            #expect(text.contains(#"lynx_batches{status="Pending"} 0"#))
        }
    }

    @Test("Whatever a label holds, a line stays a line") func escaping() {
        var text = MetricsText()
        text.sample("x", [("a", "b\"c\\d\ne")], 0.5)
        #expect(text.text == #"x{a="b\"c\\d\ne"} 0.5"# + "\n")
    }
}
