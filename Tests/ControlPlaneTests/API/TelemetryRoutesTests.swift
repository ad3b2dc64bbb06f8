import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxDocument
import LynxModel
import LynxTelemetry
import NIOCore
import Testing

@testable import ControlPlane

@Suite("Telemetry over the API", .serialized, .timeLimit(.minutes(5)))
struct TelemetryRoutesTests {
    private static func chunk(_ first: Int, _ values: [Double], step: Int = 1, name: String = "x") -> TelemetryChunk {
        TelemetryChunk(
            columns: [
                .init(
                    name: name, units: "m", position: .init(firstPoint: first, step: step),
                    timeS: values.indices.map { Double(first + $0 * step) }, values: values)
            ])
    }

    private static func send(
        _ chunk: Data, _ job: JobAssignment, seq: Int, runner: String = "r1", attempt: Int = 1, _ client: any TestClientProtocol
    ) async throws -> TestResponse {
        try await client.execute(
            uri: "/runner/v1/jobs/\(job.jobID)/telemetry?runner_id=\(runner)&attempt=\(attempt)&seq=\(seq)", method: .post,
            body: ByteBuffer(bytes: chunk))
    }

    private static func claimed(_ client: any TestClientProtocol, runs: Int = 1, slots: Int = 1) async throws -> [JobAssignment] {
        try await client.register()
        let _: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: runs), status: .created)
        return try await client.claim(slots: slots).jobs
    }

    private static func end(
        _ job: JobAssignment, chunks: Int?, tail: [String: TelemetryPosition]? = nil, _ telemetry: [String: TelemetrySeries],
        _ client: any TestClientProtocol
    ) async throws -> TestResponse {
        var report = TestLedger.report(job, .success, telemetry: telemetry)
        report.telemetryChunks = chunks
        report.telemetryTail = tail
        return try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/result", report)
    }

    private static func series(_ count: Int, timeS: [Double], _ values: [Double]) -> TelemetrySeries {
        TelemetrySeries(units: "m", count: count, first: 0, last: 9, min: -1, max: 10, timeS: timeS, values: values)
    }

    @Test("It is read while the job runs, and is part of the result when it has ended", arguments: TestDriver.allCases)
    func live(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            let job = try await Self.claimed(client)[0]
            var telemetry: JobTelemetry = try await client.get("/jobs/\(job.jobID)/telemetry")
            #expect(telemetry == JobTelemetry(jobID: job.jobID, attempt: 1, complete: false, variables: [:]))
            for (seq, values) in [[0.0, 1, 2], [3, 4]].enumerated() {
                let sent = try await Self.send(try Self.chunk(seq * 3, values).encoded(), job, seq: seq, client)
                #expect(sent.status == .noContent)
            }
            telemetry = try await client.get("/jobs/\(job.jobID)/telemetry")
            #expect(telemetry.variables["x"] == .init(units: "m", points: 5, timeS: [0, 1, 2, 3, 4], values: [0, 1, 2, 3, 4]))
            #expect(!telemetry.complete)

            let end = try await Self.end(
                job, chunks: 2, tail: ["x": .init(firstPoint: 6, step: 2)],
                ["x": Self.series(50, timeS: [6, 8], [6, 8]), "y": Self.series(1, timeS: [], [])], client)
            #expect(end.status == .noContent)
            let result: JobResult = try await client.get("/jobs/\(job.jobID)/results")
            #expect(result.telemetryData["x"] == Self.series(50, timeS: [0, 2, 4, 6, 8], [0, 2, 4, 6, 8]))
            let brief: JobResult = try await client.get("/jobs/\(job.jobID)/results?telemetry=summary")
            #expect(brief.telemetryData["x"] == Self.series(50, timeS: [], []))
            telemetry = try await client.get("/jobs/\(job.jobID)/telemetry?variables=x&from=2&to=6")
            #expect(telemetry.complete)
            #expect(telemetry.variables.count == 1)
            let variable = try #require(telemetry.variables["x"])
            #expect(variable.values == [2, 4, 6] && variable.points == 3 && variable.count == 50 && variable.max == 10)
        }
    }

    @Test("A chunk that comes again changes nothing, also after the result; another's, or one of an attempt that is over, is stale", arguments: TestDriver.allCases)
    func fencing(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            let job = try await Self.claimed(client)[0]
            let bytes = try Self.chunk(0, [1, 2]).encoded()
            for _ in 0..<2 { #expect(try await Self.send(bytes, job, seq: 0, client).status == .noContent) }
            _ = try (try await Self.send(bytes, job, seq: 1, runner: "r2", client)).problem(status: 409)
            _ = try (try await Self.send(bytes, job, seq: 1, attempt: 2, client)).problem(status: 409)
            #expect(try await Self.end(job, chunks: 1, ["x": Self.series(2, timeS: [], [])], client).status == .noContent)
            #expect(try await Self.send(bytes, job, seq: 0, client).status == .noContent)
            _ = try (try await Self.send(bytes, job, seq: 1, client)).problem(status: 409)
            let result: JobResult = try await client.get("/jobs/\(job.jobID)/results")
            #expect(result.telemetryData["x"]?.values == [1, 2])
        }
    }

    @Test("A result is not taken before the chunks that it speaks of", arguments: TestDriver.allCases)
    func missing(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            let job = try await Self.claimed(client)[0]
            let bytes = try Self.chunk(0, [1, 2]).encoded()
            #expect(try await Self.send(bytes, job, seq: 1, client).status == .noContent)
            let problem = try (try await Self.end(job, chunks: 3, [:], client)).problem(status: 428)
            #expect(problem.errors == [.init(field: "telemetry_chunks", detail: "says 3, of which these are not here: 0, 2")])
            let status = try await client.get("/jobs/\(job.jobID)", as: Job.self).status
            #expect(status == .claimed)
            for seq in [0, 2] { #expect(try await Self.send(bytes, job, seq: seq, client).status == .noContent) }
            #expect(try await Self.end(job, chunks: 3, [:], client).status == .noContent)
        }
    }

    @Test("What is no chunk is refused, and so are parameters that are none")
    func refused() async throws {
        let plane = try TestControlPlane()
        try await plane.test { client in
            let job = try await Self.claimed(client)[0]
            let problem = try (try await Self.send(Data("hello".utf8), job, seq: 0, client)).problem(status: 422)
            #expect(problem.detail == "the telemetry chunk does not begin with 'LXTC'")
            let uri = "/runner/v1/jobs/\(job.jobID)/telemetry"
            for query in [
                "", "?runner_id=r1&attempt=1", "?runner_id=r1&attempt=0&seq=0", "?runner_id=r1&attempt=1&seq=-1",
                "?runner_id=r1&attempt=x&seq=1",
            ] {
                _ = try await client.problem(.post, uri + query, status: 422)
            }
            for query in [
                "max_points=3", "max_points=many", "from=soon", "to=nan", "from=2&to=1", "attempt=0", "max_points=+9", "from=0x1",
                "variable=x",
            ] {
                _ = try await client.problem(.get, "/jobs/\(job.jobID)/telemetry?\(query)", status: 422)
            }
            _ = try await client.problem(.get, "/jobs/nobody-0/telemetry", status: 404)
            _ = try await client.problem(.get, "/batches/nobody/telemetry.csv", status: 404)
            var report = TestLedger.report(job, .success, telemetry: ["x": Self.series(1, timeS: [1], [])])
            _ = try await client.problem(.post, "/runner/v1/jobs/\(job.jobID)/result", report, status: 422)
            report.result.telemetryData = ["x": Self.series(1, timeS: [1], [1])]
            report.telemetryTail = ["x": .init(firstPoint: 1, step: 2)]
            _ = try await client.problem(.post, "/runner/v1/jobs/\(job.jobID)/result", report, status: 422)
        }
    }

    @Test("Downsampling keeps what stands out")
    func downsampling() async throws {
        let plane = try TestControlPlane()
        try await plane.test { client in
            let job = try await Self.claimed(client)[0]
            var values = [Double](repeating: 1, count: 5000)
            values[1234] = 99
            #expect(try await Self.send(try Self.chunk(0, values).encoded(), job, seq: 0, client).status == .noContent)
            let telemetry: JobTelemetry = try await client.get("/jobs/\(job.jobID)/telemetry?max_points=50")
            let variable = try #require(telemetry.variables["x"])
            #expect(variable.points == 5000 && variable.values.count <= 50 && variable.values.contains(99))
            #expect(variable.timeS.first == 0 && variable.timeS.last == 4999)
        }
    }

    @Test("A batch's telemetry is CSV in long format, of the jobs that have some, quoted where it must be", arguments: TestDriver.allCases)
    func csv(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            let jobs = try await Self.claimed(client, runs: 4, slots: 3)
            for job in jobs.dropFirst() {
                for (seq, name) in ["a,\"b\"", "x"].enumerated() {
                    let bytes = try Self.chunk(0, [Double(job.runConfig.runIndex), 0.5], name: name).encoded()
                    #expect(try await Self.send(bytes, job, seq: seq, client).status == .noContent)
                }
            }
            let (one, two) = (jobs[1].jobID, jobs[2].jobID)
            let response = try await client.call(.get, "/batches/\(jobs[0].batchID)/telemetry.csv")
            #expect(response.headers[.contentType] == "text/csv; charset=utf-8; header=present")
            let rows = [
                "job_id,run_index,variable,units,time_s,value", "\(one),1,\"a,\"\"b\"\"\",m,0.0,1.0", "\(one),1,\"a,\"\"b\"\"\",m,1.0,0.5",
                "\(one),1,x,m,0.0,1.0", "\(one),1,x,m,1.0,0.5", "\(two),2,\"a,\"\"b\"\"\",m,0.0,2.0", "\(two),2,\"a,\"\"b\"\"\",m,1.0,0.5",
                "\(two),2,x,m,0.0,2.0", "\(two),2,x,m,1.0,0.5",
            ]
            #expect(String(buffer: response.body) == rows.map { $0 + "\r\n" }.joined())
            let some = try await client.call(.get, "/batches/\(jobs[0].batchID)/telemetry.csv?variables=x&to=0")
            #expect(String(buffer: some.body) == [rows[0], rows[3], rows[7]].map { $0 + "\r\n" }.joined())
        }
    }

    private struct Table: Decodable {
        var rows: [[JSONValue]]
    }

    @Test("A batch's and a job's telemetry are tables of points in every format", arguments: TestDriver.allCases)
    func tables(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            let jobs = try await Self.claimed(client, runs: 4, slots: 3)
            for job in jobs.dropFirst() {
                for (seq, name) in ["a,\"b\"", "x"].enumerated() {
                    let bytes = try Self.chunk(0, [Double(job.runConfig.runIndex) + 0.5, -1.5], name: name).encoded()
                    #expect(try await Self.send(bytes, job, seq: seq, client).status == .noContent)
                }
            }
            try await client.end(jobs[2])
            let path = "/batches/\(jobs[0].batchID)/telemetry"
            func rows(_ query: String) async throws -> [String] {
                try await client.get("\(path)\(query)", as: Table.self).rows.map { row in
                    row.map { String(decoding: (try? WireJSON.encode($0)) ?? Data(), as: UTF8.self) }.joined(separator: " ")
                }
            }
            let all = [
                #"1 "a,\"b\"" "m" 0 1.5"#, #"1 "a,\"b\"" "m" 1 -1.5"#, #"1 "x" "m" 0 1.5"#, #"1 "x" "m" 1 -1.5"#,
                #"2 "a,\"b\"" "m" 0 2.5"#, #"2 "a,\"b\"" "m" 1 -1.5"#, #"2 "x" "m" 0 2.5"#, #"2 "x" "m" 1 -1.5"#,
            ]
            #expect(try await rows("") == all)
            #expect(try await rows("?variables=x&to=0") == [all[2], all[6]])
            #expect(try await rows("?first_run=2") == Array(all[4...]))
            #expect(try await rows("?first_run=0&runs=2&from=1") == [all[1], all[3]])
            #expect(try await rows("?status=Completed&variables=x") == Array(all[6...]))
            #expect(try await rows("?status=Failed") == [])
            #expect(try await rows("?first_run=4") == [])
            let csv = try await client.call(.get, "\(path)?variables=x&runs=2", headers: [.accept: "text/csv"])
            #expect(String(buffer: csv.body) == "run,variable,units,time_s,value\r\n1,x,m,0.0,1.5\r\n1,x,m,1.0,-1.5\r\n")
            let job = try await client.call(.get, "/jobs/\(jobs[1].jobID)/telemetry?variables=x", headers: [.accept: "text/csv"])
            #expect(job.body == csv.body)
            for uri in [path, "/jobs/\(jobs[1].jobID)/telemetry"] {
                let arrow = try await client.call(.get, uri, headers: [.accept: "application/vnd.apache.arrow.stream"])
                let reading = try await ArrowReading.of(arrow.body)
                #expect(reading.names == ["run", "variable", "units", "time_s", "value"])
                #expect(reading.columns == reading.polars && reading.columns[1].prefix(3) == ["a,\"b\"", "a,\"b\"", "x"])
                #expect(reading.batches == [uri == path ? 8 : 4])
            }
            _ = try await client.problem(.get, "\(path)?max_points=3", status: 422)
            _ = try await client.problem(.get, "/batches/nobody/telemetry", status: 404)
            _ = try await client.problem(.get, path, headers: [.accept: "text/html"], status: 406)
        }
    }

    @Test("Long series are sent in parts, thinned where that is asked for, and the last part of one holds the first of the next")
    func longSeries() async throws {
        let plane = try TestControlPlane()
        try await plane.test { client in
            let jobs = try await Self.claimed(client, runs: 3, slots: 3)
            var values = [Double](repeating: 1, count: 10_000)
            values[1234] = 99
            for job in jobs { #expect(try await Self.send(try Self.chunk(0, values).encoded(), job, seq: 0, client).status == .noContent) }
            let path = "/batches/\(jobs[0].batchID)/telemetry"
            let arrow = try await client.call(.get, path, headers: [.accept: "application/vnd.apache.arrow.stream"])
            let reading = try await ArrowReading.of(arrow.body)
            #expect(reading.batches == [8192, 8192, 8192, 5424])
            #expect(reading.columns[0] == (0..<3).flatMap { Array(repeating: .integer($0), count: 10_000) })
            #expect(reading.columns[3].compactMap(\.string).compactMap { Double($0) } == (0..<3).flatMap { _ in (0..<10_000).map { Double($0) } })
            #expect(reading.columns[4].compactMap(\.string).compactMap { Double($0) } == (0..<3).flatMap { _ in values })
            let thin = try await client.get("\(path)?max_points=50", as: Table.self).rows
            #expect(thin.count <= 150 && thin.count { $0[4] == 99 } == 3)
        }
    }

    @Test("An attempt has its bounds", arguments: TestDriver.allCases)
    func bounds(driver: TestDriver) async throws {
        let test = try TestLedger(driver, policy: LedgerPolicy(telemetryBytesPerAttempt: 150, telemetryChunksPerAttempt: 2))
        try await test.submit()
        try await test.register()
        let job = try await test.claim()[0]
        let bytes = try Self.chunk(0, [1]).encoded(.none)
        try await test.ledger.takeTelemetry(jobID: job.jobID, attempt: 1, seq: 0, runnerID: "r1", chunk: bytes)
        await #expect(throws: LedgerError.tooMuchTelemetry(jobID: job.jobID, limit: 150)) {
            try await test.ledger.takeTelemetry(jobID: job.jobID, attempt: 1, seq: 1, runnerID: "r1", chunk: bytes + bytes)
        }
        try await test.ledger.takeTelemetry(jobID: job.jobID, attempt: 1, seq: 1, runnerID: "r1", chunk: bytes)
        await #expect(throws: LedgerError.self) {
            try await test.ledger.takeTelemetry(jobID: job.jobID, attempt: 1, seq: 2, runnerID: "r1", chunk: Data())
        }
    }

    @Test("A lost attempt's chunks are taken while its result would be, and not after", arguments: TestDriver.allCases)
    func lost(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.submit(runs: 1)
        try await test.register()
        let job = try await test.claim()[0]
        let bytes = try Self.chunk(0, [1]).encoded()
        test.clock.advance(by: 31)
        _ = try await test.ledger.expireLeases()
        try await test.ledger.takeTelemetry(jobID: job.jobID, attempt: 1, seq: 0, runnerID: "r1", chunk: bytes)
        #expect(try await test.job(job).status == .pending)
        try await test.register("r2")
        _ = try await test.claim("r2")
        await #expect(throws: LedgerError.self) {
            try await test.ledger.takeTelemetry(jobID: job.jobID, attempt: 1, seq: 1, runnerID: "r1", chunk: bytes)
        }
    }
}
