import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxDocument
import LynxModel
import Testing

@testable import ControlPlane

@Suite("The description of the API")
struct OpenAPITests {
    private let document: JSONValue

    private let endpoints: [EndpointDescription]

    init() throws {
        let plane = try TestControlPlane()
        let api = API(
            ledger: plane.controlPlane.ledger, configuration: .init(databasePath: ""), connections: Connections(logger: .quiet),
            artifacts: nil)
        endpoints = api.routes.map(\.endpoint)
        document = try OpenAPIDocument.document(of: endpoints)
    }

    @Test("Every call that is answered is described, and no two have one path") func complete() {
        let described = document["paths"].object.flatMap { path, item in item.object.keys.map { "\($0.uppercased()) \(path)" } }
        #expect(described.sorted() == endpoints.map(\.call).sorted())
    }

    @Test("No endpoint has two parameters of one name in the same place, and each says what it is for") func parameters() {
        for endpoint in endpoints {
            let places = endpoint.parameters.map { "\($0.place) \($0.name)" }
            #expect(places.count == Set(places).count, "\(endpoint.call)")
            #expect(endpoint.parameters.allSatisfy { !$0.remarks.isEmpty }, "\(endpoint.call)")
        }
    }

    @Test("Parameters and answers that go by one name are one") func shared() {
        let parameters = Set(endpoints.flatMap(\.parameters).filter { $0.component != nil })
        #expect(parameters.count == Set(parameters.map(\.component)).count)
        let answers = Set(endpoints.flatMap(\.answers).filter { $0.component != nil })
        #expect(answers.count == Set(answers.map(\.component)).count)
    }

    @Test("It is served as it is") func served() async throws {
        try await TestControlPlane().test { client in
            let served: JSONValue = try await client.get("/openapi.json")
            #expect(served == document)
            #expect(served["openapi"] == .string("3.1.0"))
        }
    }

    @Test("Every operation has an id of its own, a tag and a summary, and every reference leads somewhere") func form() {
        var ids: [String] = []
        for (path, item) in document["paths"].object {
            for (method, operation) in item.object {
                ids.append(operation["operationId"].string ?? "")
                #expect(operation["summary"].string?.isEmpty == false, "\(method) \(path)")
                #expect(operation["tags"].array.count == 1, "\(method) \(path)")
            }
        }
        #expect(!ids.contains("") && ids.count == Set(ids).count)
        for reference in references(document) {
            #expect(target(reference) != .null, "\(reference)")
        }
    }

    @Test("Every field that is sent is described") func fields() async throws {
        try await TestControlPlane().test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 2), status: .created)
            try await client.register()
            let claimed = try await client.call(
                .post, "/runner/v1/claim", ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 2, waitSeconds: 0))
            let jobs = try claimed.decode(ClaimResponse.self).jobs
            let series = TelemetrySeries(units: "km", count: 1, first: 1, last: 1, min: 1, max: 1, timeS: [0], values: [1])
            var report = TestLedger.report(jobs[0], .failure, message: "no", telemetry: ["x": series])
            report.result.artifacts = [Artifact(path: "a", sizeBytes: 1, sha256: "00", mediaType: "text/plain")]
            report.result.metadata.basis = "proof"
            report.result.metadata.provenance = Provenance(hostVersion: "1", engineSHA256: "00", files: ["basilisk_entrypoint": "11"])
            try await client.call(.post, "/runner/v1/jobs/\(jobs[0].jobID)/result", report)
            let taken = TestLedger.report(jobs[1], .success, basis: "another")
            try await client.call(.post, "/runner/v1/jobs/\(jobs[1].jobID)/result", taken)
            try await client.call(.post, "/runner/v1/retractions", Retraction(runnerID: "r1", basis: "another", reason: "no"))
            var undescribed = undescribed(try claimed.decode(), schema: "ClaimResponse")
            for (path, schema) in [
                ("/batches", "BatchList"), ("/batches/\(receipt.batchID)", "BatchOverview"), ("/batches/\(receipt.batchID)/jobs", "JobList"),
                ("/batches/\(receipt.batchID)/results", "ResultList"), ("/jobs/\(jobs[0].jobID)", "Job"),
                ("/jobs/\(jobs[0].jobID)/results", "JobResult"), ("/runners", "RunnerList"), ("/nosuch", "Problem"),
            ] {
                undescribed += self.undescribed(try (try await client.call(.get, path)).decode(), schema: schema)
            }
            #expect(undescribed == [])
            #expect(self.undescribed(.object(["nosuch": .null]), schema: "Job") == ["Job.nosuch"])
        }
    }

    /// Paths of the fields that a schema has no word for.
    private func undescribed(_ value: JSONValue, schema name: String) -> [String] {
        undescribed(value, document["components"]["schemas"][name], at: name)
    }

    private func undescribed(_ value: JSONValue, _ schema: JSONValue, at path: String) -> [String] {
        let schema = schema["$ref"].string.map(target) ?? schema
        switch value {
        case .object(let fields):
            return fields.flatMap { key, field -> [String] in
                let known = schema["properties"][key]
                if known != .null { return undescribed(field, known, at: "\(path).\(key)") }
                if schema["additionalProperties"] != .null { return undescribed(field, schema["additionalProperties"], at: "\(path).\(key)") }
                // An object that is described as no more than that.
                return schema["properties"] == .null && schema["type"] == .string("object") ? [] : ["\(path).\(key)"]
            }
        case .array(let items): return items.flatMap { undescribed($0, schema["items"], at: "\(path)[]") }
        default: return []
        }
    }

    private func references(_ value: JSONValue) -> [String] {
        switch value {
        case .object(let fields):
            fields.flatMap { key, field in key == "$ref" ? [field.string ?? ""] : references(field) }
        case .array(let items): items.flatMap(references)
        default: []
        }
    }

    private func target(_ reference: String) -> JSONValue {
        reference.split(separator: "/").dropFirst().reduce(document) { $0[String($1)] }
    }
}
