import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Telemetry of all runs as bands", .serialized, .timeLimit(.minutes(5)))
struct BandRoutesTests {
    private static func series(_ values: [Double]) -> [String: TelemetrySeries] {
        let times = values.indices.map { Double($0) }
        return [
            "alt": TelemetrySeries(
                units: "km", count: values.count, first: values.first, last: values.last, min: values.min(), max: values.max(), timeS: times,
                values: values),
            "spare": TelemetrySeries(units: "", count: 1, first: 1, last: 1, min: 1, max: 1, timeS: [0], values: [1]),
        ]
    }

    private static func end(
        _ job: JobAssignment, _ values: [Double], _ client: any TestClientProtocol, _ outcome: AttemptOutcome = .success,
        breach: BreachRecord? = nil
    ) async throws {
        var report = TestLedger.report(job, outcome, retryable: false, telemetry: series(values))
        report.result.metadata.breach = breach
        report.result.metadata.simTimeS = Double(values.count - 1)
        let response = try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/result", report)
        #expect(response.status == .noContent, "\(String(buffer: response.body))")
    }

    private static func claimed(_ client: any TestClientProtocol, runs: Int) async throws -> (batchID: String, jobs: [JobAssignment]) {
        try await client.register()
        let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: runs), status: .created)
        return (receipt.batchID, try await client.claim(slots: runs).jobs)
    }

    @Test("They grow as runs end, and are what a plain computation gives", arguments: TestDriver.allCases)
    func growing(driver: TestDriver) async throws {
        try await TestControlPlane(driver).test { client in
            let (batchID, jobs) = try await Self.claimed(client, runs: 5)
            let path = "/batches/\(batchID)/telemetry/bands?variable=alt&points=3"
            var bands: TelemetryBands = try await client.get(path)
            #expect(
                bands.complete && bands.runs == 0 && bands.timeS.isEmpty && bands.from == nil
                    && bands.quantiles == Array(repeating: [], count: 7))
            for (job, level) in zip(jobs, [10.0, 20, 30]) { try await Self.end(job, [level, level + 1, level + 2], client) }
            bands = try await client.get(path)
            #expect(bands.timeS == [0, 1, 2] && bands.units == "km" && bands.count == [3, 3, 3])
            #expect(bands.quantiles[3] == [20, 21, 22] && bands.quantiles[2] == [15, 16, 17])
            #expect(bands.quantiles[0] == [10, 11, 12] && bands.quantiles[6] == [30, 31, 32])
            #expect(bands.readRuns == 3 && bands.endedRuns == 3 && bands.totalRuns == 5 && bands.complete)
            // A longer run makes the span wider.
            try await Self.end(jobs[3], [40, 41, 42, 43, 44], client)
            bands = try await client.get(path)
            #expect(bands.timeS == [0, 2, 4] && bands.count == [4, 4, 1])
            #expect(bands.quantiles[3] == [25, 27, 44])
            // Closer to it, points that lie on no time of the grid count as extremes.
            bands = try await client.get("\(path)&from=0.5&to=2.5")
            #expect(bands.timeS == [0.5, 1.5, 2.5] && bands.from == 0.5 && bands.to == 2.5)
            #expect(bands.count == [4, 4, 1] && bands.quantiles[3] == [25.5, 26.5, 42.5])
        }
    }

    @Test("A run that is made again counts once, with what it gave last", arguments: TestDriver.allCases)
    func retried(driver: TestDriver) async throws {
        try await TestControlPlane(driver).test { client in
            let (batchID, jobs) = try await Self.claimed(client, runs: 2)
            let path = "/batches/\(batchID)/telemetry/bands?variable=alt&points=2"
            try await Self.end(jobs[0], [1, 1], client)
            try await Self.end(jobs[1], [100, 100], client, .failure)
            var bands: TelemetryBands = try await client.get(path)
            #expect(bands.quantiles[6] == [100, 100] && bands.runs == 2)
            let overview: BatchOverview = try await client.post("/batches/\(batchID)/retry", RetryRequest(runs: [0, 1]))
            #expect(overview.requeued == 1)
            bands = try await client.get(path)
            #expect(bands.quantiles[6] == [1, 1] && bands.runs == 1)
            let again = try await client.claim(slots: 2).jobs
            #expect(again.map(\.attempt) == [2])
            try await Self.end(again[0], [3, 3], client)
            bands = try await client.get(path)
            #expect(bands.quantiles[6] == [3, 3] && bands.quantiles[0] == [1, 1] && bands.runs == 2)
        }
    }

    @Test("Breaches are marked where they were, with the value then") func breaches() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await Self.claimed(client, runs: 2)
            try await Self.end(jobs[0], [5, 4, 3], client)
            try await Self.end(jobs[1], [5, 2, -1], client, .breach, breach: BreachRecord(condition: "too low", simTimeS: 1.5))
            var bands: TelemetryBands = try await client.get("/batches/\(batchID)/telemetry/bands?variable=alt")
            #expect(bands.breaches == [.init(run: 1, timeS: 1.5, value: 2, condition: "too low")] && bands.breachesTotal == 1)
            bands = try await client.get("/batches/\(batchID)/telemetry/bands?variable=alt&from=0&to=1")
            #expect(bands.breaches.isEmpty && bands.breachesTotal == 0)
        }
    }

    @Test("Chosen runs come as lines, downsampled within the span") func lines() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await Self.claimed(client, runs: 3)
            var values = Array(repeating: 0.0, count: 1000)
            values[501] = 9
            try await Self.end(jobs[0], values, client)
            try await Self.end(jobs[1], [1, 2, 3], client)
            let bands: TelemetryBands = try await client.get("/batches/\(batchID)/telemetry/bands?variable=alt&points=10&lines=0,2,1&from=1&to=900")
            #expect(bands.lines.map(\.run) == [0, 1])
            #expect(bands.lines[0].values.count <= 20 && bands.lines[0].values.contains(9))
            #expect(bands.lines[0].timeS.first == 1 && bands.lines[0].timeS.last == 900)
            #expect(bands.lines[1].values == [2, 3])
        }
    }

    @Test("The variables are listed, also while runs are at work") func variables() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await Self.claimed(client, runs: 1)
            #expect(try await client.get("/batches/\(batchID)/telemetry/variables", as: TelemetryVariables.self).variables.isEmpty)
            try await Self.end(jobs[0], [1, 2], client)
            let list: TelemetryVariables = try await client.get("/batches/\(batchID)/telemetry/variables")
            #expect(list.variables == [.init(name: "alt", units: "km"), .init(name: "spare", units: "")])
        }
    }

    @Test("What is asked for wrongly is told, with what there is") func wrong() async throws {
        try await TestControlPlane().test { client in
            let (batchID, jobs) = try await Self.claimed(client, runs: 1)
            try await Self.end(jobs[0], [1, 2], client)
            let path = "/batches/\(batchID)/telemetry/bands"
            for (query, field, says) in [
                ("", "variable", "alt, spare"), ("?variable=", "variable", "alt, spare"), ("?variable=alt&points=1", "points", "from 2"),
                ("?variable=alt&points=1e9", "points", "'1e9'"), ("?variable=alt&from=2&to=1", "to", "before"),
                ("?variable=alt&from=nan", "from", "'nan'"), ("?variable=alt&lines=1", "lines", "'1'"), ("?variable=alt&lines=0,-1", "lines", "'-1'"),
                ("?variable=alt&lines=0;1", "lines", "'0;1'"), ("?variables=alt", "variables", "not known"),
            ] {
                let problem = try await client.problem(.get, path + query, status: 422)
                #expect(problem.errors?.map(\.field) == [field], "\(query)")
                #expect(problem.detail?.contains(says) == true, "\(query): \(problem.detail ?? "")")
            }
            _ = try await client.problem(.get, "/batches/none/telemetry/bands?variable=alt", status: 404)
            for span in ["from=-1e308&to=1e308", "from=1e9", "to=-5", "from=5e-324&to=6e-324"] {
                let bands: TelemetryBands = try await client.get("\(path)?variable=alt&\(span)")
                #expect(bands.complete && bands.readRuns == 1, "\(span)")
            }
            // What no run gives is no error: runs to come may.
            let bands: TelemetryBands = try await client.get(path + "?variable=nothing")
            #expect(bands.runs == 0 && bands.readRuns == 1 && bands.complete)
        }
    }

    @Test("A reading that has no more time goes on in the next call") func inParts() async throws {
        let test = try TestLedger()
        try await test.register(slots: 200)
        let batchID = try await test.submit(runs: 200)
        for job in try await test.claim(slots: 200) {
            try await test.report(job, .success, telemetry: Self.series([1, Double(job.runConfig.runIndex)]))
        }
        var reading = BandReading(BandKey(batchID: batchID, variable: "alt", from: nil, to: nil, points: 2))
        var counts: [Int] = []
        for _ in 0..<10 {
            let start = reading
            let (bands, after) = try await test.ledger.driver.read { connection in
                var reading = start
                return (try reading.goOn(connection) { true }, reading)
            }
            reading = after
            counts.append(bands.readRuns)
            if bands.complete {
                #expect(bands.quantiles[6] == [1, 199])
                break
            }
        }
        #expect(counts == [64, 128, 192, 200])
    }
}
