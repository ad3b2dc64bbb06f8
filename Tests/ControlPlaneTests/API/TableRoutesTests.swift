import Foundation
import Hummingbird
import HummingbirdTesting
import LynxDocument
import LynxModel
import NIOCore
import TestSupport
import Testing

@testable import ControlPlane

@Suite("A batch's runs as a table", .serialized, .timeLimit(.minutes(5)))
struct TableRoutesTests {
    /// Parameters of every type; six runs, of which five are claimed.
    private static var submission: BatchSubmission {
        var submission = TestLedger.submission(runs: 6)
        submission.config.dispersions = [
            "mass": Dispersion(distribution: .uniform(min: 1, max: 2), units: "kg"),
            "count": Dispersion(distribution: .integerUniform(min: -3, max: 3)),
            "mode": Dispersion(distribution: .discrete(values: [.string("a,\"b\""), .string(""), .string("ü")], weights: nil)),
            "armed": Dispersion(distribution: .discrete(values: [.bool(true), .bool(false)], weights: nil)),
            "odd": Dispersion(distribution: .discrete(values: [.string("x"), .integer(1)], weights: nil)),
            "fixed": Dispersion(distribution: .constant(.number(0.7)), units: "orbits"),
        ]
        submission.config.outputs = ["later": OutputSpec(units: "s")]
        return submission
    }

    /// Run 0 and 1 complete, 2 fails, 3 is killed by a stopping condition, 4 is out, 5 waits.
    private static func study(_ client: any TestClientProtocol) async throws -> String {
        let (batchID, jobs) = try await client.judged(submission, claiming: 5)
        let speed = RunOutput(name: "speed", value: nil, units: "m/s")
        try await client.end(jobs[0], outputs: [.miss(3), RunOutput(name: "speed", value: -0.5, units: "m/s")])
        try await client.end(jobs[1], outputs: [.miss(12.25), speed])
        try await client.end(jobs[2], .failure, outputs: [])
        try await client.end(jobs[3], .breach, outputs: [.miss(40)], breach: "crash", simTime: 5)
        return batchID
    }

    private struct Table: Decodable {
        struct Column: Decodable {
            var name: String
            var type: String
            var units: String?
        }
        var columns: [Column]
        var rows: [[JSONValue]]

        subscript(name: String) -> [JSONValue] {
            guard let place = columns.firstIndex(where: { $0.name == name }) else { return [] }
            return rows.map { $0[place] }
        }
    }

    @Test("It agrees with the jobs and results that are read one by one", arguments: TestDriver.allCases)
    func whole(driver: TestDriver) async throws {
        try await TestControlPlane(driver).test { client in
            let batchID = try await Self.study(client)
            let table: Table = try await client.get("/batches/\(batchID)/table")
            let jobs = try await client.get("/batches/\(batchID)/jobs", as: JobList.self).jobs
            #expect(
                table.columns.map(\.name) == [
                    "run", "job_id", "status", "outcome", "breach", "attempt", "retries", "assigned_runner", "created_at", "claimed_at",
                    "started_at", "completed_at", "duration_secs", "error_message", "parameters.armed", "parameters.count",
                    "parameters.fixed", "parameters.mass", "parameters.mode", "parameters.odd", "outputs.miss_m", "outputs.speed",
                    "outputs.later",
                ])
            #expect(table.columns.first { $0.name == "parameters.mass" }?.units == "kg")
            #expect(table.columns.first { $0.name == "outputs.speed" }?.units == "m/s")
            #expect(table.columns.first { $0.name == "outputs.later" }?.units == "s")
            #expect(
                table.columns.filter { $0.name.hasPrefix("parameters.") }.map(\.type) == [
                    "boolean", "integer", "number", "number", "string", "string",
                ])
            func time(_ date: Date?) -> JSONValue { date.map { .string(WireJSON.timestamp($0)) } ?? .null }
            func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
            #expect(table["run"] == jobs.map { .integer($0.runConfig.runIndex) })
            #expect(table["job_id"] == jobs.map { .string($0.jobID) })
            #expect(table["status"] == jobs.map { .string($0.status.rawValue) })
            #expect(table["attempt"] == jobs.map { .integer($0.attempt) })
            #expect(table["assigned_runner"] == jobs.map { text($0.assignedRunner) })
            #expect(table["created_at"] == jobs.map { time($0.createdAt) })
            #expect(table["claimed_at"] == jobs.map { time($0.claimedAt) })
            #expect(table["started_at"] == jobs.map { time($0.startedAt) })
            #expect(table["completed_at"] == jobs.map { time($0.completedAt) })
            #expect(table["error_message"] == jobs.map { text($0.errorMessage) })
            #expect(table["outcome"] == ["success", "success", "failure", "breach", nil, nil])
            #expect(table["breach"] == [nil, nil, nil, "crash", nil, nil])
            #expect(table["outputs.miss_m"] == [.number(3), .number(12.25), nil, .number(40), nil, nil].map(Self.whole))
            #expect(table["outputs.speed"] == [.number(-0.5), nil, nil, nil, nil, nil])
            #expect(table["outputs.later"] == Array(repeating: .null, count: 6))
            for name in ["armed", "count", "fixed", "mass", "mode"] {
                let expected = try jobs.map { job in
                    try WireJSON.decode(JSONValue.self, from: try WireJSON.encode(try #require(job.runConfig.parameters[name])))
                }
                #expect(table["parameters.\(name)"] == expected, "\(name)")
            }
            // Of a parameter of several types all values are texts.
            #expect(table["parameters.odd"].allSatisfy { $0 == "x" || $0 == "1" })
        }
    }

    /// JSON has no floats that are whole.
    private static func whole(_ value: JSONValue) -> JSONValue {
        if case .number(let number) = value, let integer = Int(exactly: number) { .integer(integer) } else { value }
    }

    @Test(
        "Columns, runs, states, conditions and orders choose what is sent",
        arguments: [
            ("columns=run", [0, 1, 2, 3, 4, 5]), ("columns=run&status=Completed", [0, 1]), ("columns=run&status=Pending", [5]),
            ("columns=run&first_run=2&runs=3", [2, 3, 4]), ("columns=run&first_run=5&runs=1000", [5]), ("columns=run&first_run=6", []),
            ("columns=run&first_run=9223372036854775807&runs=9223372036854775807", []),
            ("columns=run&where=outputs.miss_m > 10", [1, 3]), ("columns=run&where=not outputs.miss_m > 10", [0]),
            ("columns=run&where=outputs.miss_m > 10 or outputs.speed < 0", [0, 1, 3]),
            ("columns=run&where=outputs.miss_m>=3 AND NOT (status='Failed')", [0, 1]), ("columns=run&where=outputs.miss_m is null", [2, 4, 5]),
            ("columns=run&where=outputs.miss_m is not null and run != 1", [0, 3]), ("columns=run&where=breach = \"crash\"", [3]),
            ("columns=run&where=3 <= run", [3, 4, 5]), ("columns=run&where=run = attempt", [1]),
            ("columns=run&where=run < outputs.miss_m", [0, 1, 3]),
            ("columns=run&where=`outputs.miss_m` == 12.25", [1]), ("columns=run&where=completed_at > '2000-01-01T00:00:00Z'", [0, 1, 2, 3]),
            ("columns=run&status=Failed&where=outputs.miss_m > 10", [3]),
            ("columns=run&where=parameters.armed = true or parameters.armed = false", [0, 1, 2, 3, 4, 5]),
            ("columns=run&where=parameters.mode <> parameters.mode", []),
            ("columns=run&order=-run", [5, 4, 3, 2, 1, 0]), ("columns=run&order=outputs.miss_m", [0, 1, 3, 2, 4, 5]),
            ("columns=run&order=-outputs.miss_m", [3, 1, 0, 2, 4, 5]), ("columns=run&order=status", [4, 0, 1, 2, 3, 5]),
            ("columns=run&order=-outputs.miss_m&where=status != 'Pending'&runs=4", [3, 1, 0, 2]),
        ])
    func chosen(query: String, runs: [Int]) async throws {
        try await TestControlPlane().test { client in
            let batchID = try await Self.study(client)
            let table: Table = try await client.get("/batches/\(batchID)/table?\(Self.encoded(query))")
            #expect(table["run"] == runs.map { .integer($0) })
        }
    }

    private static func encoded(_ query: String) -> String {
        query.split(separator: "&").map { part in
            let (name, value) = (part.prefix { $0 != "=" }, part.drop { $0 != "=" }.dropFirst())
            return "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
        }.joined(separator: "&")
    }

    @Test("A plus in a condition is a space, as forms encode it")
    func plus() async throws {
        try await TestControlPlane().test { client in
            let batchID = try await Self.study(client)
            let table: Table = try await client.get("/batches/\(batchID)/table?columns=run&where=run+%3E%3D+%2B3e%2B0+and+run+%3C+5")
            #expect(table["run"] == [3, 4])
        }
    }

    @Test("Groups of columns are named by their beginnings, and come in the order asked for")
    func groups() async throws {
        try await TestControlPlane().test { client in
            let batchID = try await Self.study(client)
            let table: Table = try await client.get("/batches/\(batchID)/table?columns=outputs.*,run,parameters.m*,outputs.speed,run")
            #expect(table.columns.map(\.name) == ["outputs.miss_m", "outputs.speed", "outputs.later", "run", "parameters.mass", "parameters.mode"])
        }
    }

    @Test(
        "What is no column, condition or order is refused with what is near",
        arguments: [
            ("columns=ruin", "the parameter 'columns' names no column 'ruin'; did you mean 'run'?"),
            ("columns=miss_m", "the parameter 'columns' names no column 'miss_m'; did you mean 'outputs.miss_m'?"),
            ("columns=run,,status", "the parameter 'columns' names no column ''; there are run,"),
            ("columns=xyz*", "the parameter 'columns' names 'xyz*', which no column begins like"),
            ("order=--run", "the parameter 'order' names no column '-run'; did you mean 'run'?"),
            ("where=mass > 1", "the parameter 'where' names no column 'mass'; did you mean 'parameters.mass'?"),
            ("where=", "the parameter 'where' is wrong at character 1: expected a column or a value"),
            ("where=run >", "the parameter 'where' is wrong at character 6: expected a column or a value"),
            ("where=run 5", "the parameter 'where' is wrong at character 5: expected one of =, !=, <, <=, >, >= or 'is null'"),
            ("where=(run > 5", "the parameter 'where' is wrong at character 9: expected ')'"),
            ("where=run > 5)", "the parameter 'where' is wrong at character 8: expected 'and', 'or' or the end"),
            ("where=run > 5m", "the parameter 'where' is wrong at character 7: '5m' is no number"),
            ("where=run > 'x'", "the parameter 'where' is wrong at character 1: compares 'run', a column of numbers, with a text"),
            ("where=status = 'x", "the parameter 'where' is wrong at character 10: opens a quote that nothing closes"),
            ("where=1 = 1", "the parameter 'where' is wrong at character 1: compares a number with a number"),
            ("where=created_at > 'soon'", "the parameter 'where' is wrong at character 1: compares 'created_at', a column of times"),
            ("where=\(String(repeating: "(", count: 100))", "the parameter 'where' is wrong at character 65: is nested more than 64 times"),
            ("where=\(String(repeating: " ", count: 5000))", "the parameter 'where' has 5000 bytes; it may have at most 4096"),
        ])
    func refused(query: String, detail: String) async throws {
        try await TestControlPlane().test { client in
            let batchID = try await Self.study(client)
            let problem = try await client.problem(.get, "/batches/\(batchID)/table?\(Self.encoded(query))", status: 400)
            #expect(problem.detail?.hasPrefix(detail) == true, "\(problem.detail ?? "")")
            #expect(problem.errors?.map(\.field) == [String(query.prefix { $0 != "=" })])
        }
    }

    @Test("Other parameters are held to their bounds, and a batch that is none is not found")
    func bounds() async throws {
        try await TestControlPlane().test { client in
            let batchID = try await Self.study(client)
            for query in ["first_run=-1", "runs=0", "status=Done", "rows=3", "runs=x"] {
                _ = try await client.problem(.get, "/batches/\(batchID)/table?\(query)", status: 422)
            }
            _ = try await client.problem(.get, "/batches/nobody/table", status: 404)
            _ = try await client.problem(.get, "/batches/\(batchID)/table", headers: [.accept: "image/png"], status: 406)
        }
    }

    @Test("As CSV it quotes what needs it, and tells a text without characters from none")
    func csv() async throws {
        try await TestControlPlane().test { client in
            let batchID = try await Self.study(client)
            let query = "columns=run,status,breach,outputs.miss_m,parameters.mode"
            let response = try await client.call(.get, "/batches/\(batchID)/table?\(query)", headers: [.accept: "text/html;q=0.9, text/csv"])
            #expect(response.headers[.contentType] == "text/csv; charset=utf-8; header=present")
            #expect(response.headers[.vary] == "Accept")
            let table: Table = try await client.get("/batches/\(batchID)/table?\(query)")
            let modes = table["parameters.mode"].map { CSVText.field($0.string ?? "?") }.map { $0.isEmpty ? "\"\"" : $0 }
            let rows = [
                "0,Completed,,3.0,", "1,Completed,,12.25,", "2,Failed,,,", "3,Failed,crash,40.0,", "4,Claimed,,,", "5,Pending,,,",
            ]
            let expected = ["run,status,breach,outputs.miss_m,parameters.mode"] + zip(rows, modes).map { $0 + $1 }
            #expect(String(buffer: response.body) == expected.map { $0 + "\r\n" }.joined())
        }
    }

    @Test("The most preferred of the formats is sent")
    func preferences() throws {
        #expect(try TableFormat(accept: nil) == .json)
        #expect(try TableFormat(accept: "*/*") == .json)
        #expect(try TableFormat(accept: "text/*, application/json;q=0.5") == .csv)
        #expect(try TableFormat(accept: "application/vnd.apache.arrow.stream") == .arrow)
        #expect(try TableFormat(accept: "text/csv;q=0.1, application/vnd.apache.arrow.stream;q=0.2, */*;q=0.05") == .arrow)
        #expect(try TableFormat(accept: "application/json;q=0, */*") == .csv)
        #expect(throws: Problem.self) { try TableFormat(accept: "application/json;q=0") }
    }

    @Test("The examples of the documentation run")
    func documentation() async throws {
        try await TestControlPlane().test(.live) { client in
            let batchID = try await Self.study(client)
            let directory = try TemporaryDirectory()
            let table = try await client.call(
                .get, "/batches/\(batchID)/table", headers: [.accept: "application/vnd.apache.arrow.stream"])
            try Data(table.body.readableBytesView).write(to: URL(filePath: directory.file("runs.arrows")))
            let page = try String(contentsOfFile: Repository.path("docs/read-results-as-tables.md"), encoding: .utf8)
            let examples = page.components(separatedBy: "```python\n").dropFirst().compactMap { $0.components(separatedBy: "```").first }
            #expect(examples.count == 4)
            let address = "127.0.0.1:\(try #require(client.port))"
            for example in examples {
                let script = example.replacingOccurrences(of: "BATCH_ID", with: batchID)
                    .replacingOccurrences(of: "127.0.0.1:8080", with: address)
                let end = try await Program.run(Repository.python, ["-c", script], in: directory.path)
                #expect(end.exitCode == 0 && !end.output.isEmpty, "\(example)\n\(end.errors)")
            }
        }
    }

    @Test("Many runs come in parts, as pyarrow and polars read them, with the values that each run gets")
    func parts() async throws {
        try await TestControlPlane().test { client in
            var submission = Self.submission
            submission.config.monteCarlo.runs = 20_000
            let (batchID, _) = try await client.judged(submission, claiming: 1)
            let query = "columns=run,job_id,status,parameters.mass,parameters.count,parameters.mode,created_at,outputs.later"
            let response = try await client.call(
                .get, "/batches/\(batchID)/table?\(query)", headers: [.accept: "application/vnd.apache.arrow.stream"])
            #expect(response.headers[.contentType] == "application/vnd.apache.arrow.stream")
            let reading = try await ArrowReading.of(response.body)
            #expect(reading.batches == [8192, 8192, 3616])
            #expect(reading.schemaMetadata == ["batch_id": batchID])
            #expect(reading.columns[0] == (0..<20_000).map { .integer($0) })
            #expect(reading.columns[2] == ["Claimed"] + Array(repeating: "Pending", count: 19_999))
            #expect(reading.columns == reading.polars)
            for run in [0, 1, 8191, 8192, 19_999] {
                let job: Job = try await client.get("/jobs/\(batchID)-\(run)")
                #expect(reading.columns[1][run] == .string(job.jobID))
                guard case .number(let mass) = job.runConfig.parameters["mass"] else { Issue.record("no mass"); continue }
                #expect(Double(reading.columns[3][run].string ?? "") == mass)
                #expect(job.runConfig.parameters["count"].map { "\($0)" } == reading.columns[4][run].integer.map { "\(ParameterValue.integer($0))" })
                #expect(job.runConfig.parameters["mode"] == reading.columns[5][run].string.map { .string($0) })
                #expect(reading.columns[6][run].integer == Int64((job.createdAt.timeIntervalSince1970 * 1e6).rounded()))
            }
            let ordered: Table = try await client.get(
                "/batches/\(batchID)/table?columns=run,parameters.mass&order=-parameters.mass&where=run%20%3E%209")
            let masses = ordered["parameters.mass"].compactMap { if case .number(let mass) = $0 { mass } else { nil } }
            #expect(masses.count == 19_990 && masses == masses.sorted(by: >))
        }
    }
}

/// What pyarrow and polars make of an Arrow stream; floats as hexadecimal texts, times in microseconds.
struct ArrowReading: Decodable {
    var names: [String]
    var types: [String]
    var schemaMetadata: [String: String]
    var fieldMetadata: [[String: String]]
    /// Rows of each.
    var batches: [Int]
    var columns: [[JSONValue]]
    var polars: [[JSONValue]]

    static func of(_ body: ByteBuffer) async throws -> ArrowReading {
        let directory = try TemporaryDirectory()
        let file = directory.file("table.arrows")
        try Data(body.readableBytesView).write(to: URL(filePath: file))
        let end = try await Command.run(Repository.python, [Repository.path("Tests/ArrowIPCTests/Support/arrow_reference.py"), file])
        try #require(end.exitCode == 0, "\(end.errors)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(ArrowReading.self, from: Data(end.output.utf8))
    }
}

extension JSONValue {
    fileprivate var integer: Int64? { if case .integer(let value) = self { Int64(value) } else { nil } }
}
