import AsyncHTTPClient
import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import NIOCore
import NIOHTTP1
import Testing
import TestSupport

@testable import ControlPlane

/// One event as it came over the wire.
private struct Event: Hashable {
    var id = ""
    var name = ""
    var data = ""

    func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        try WireJSON.decode(type, from: Data(data.utf8))
    }
}

@Suite("The events of a batch", .serialized)
struct EventsTests {
    /// A control plane on the real clock, which events are paced by.
    private struct Plane: Sendable {
        let database: TestDatabase
        let controlPlane: ControlPlane

        init(_ driver: TestDriver = .sqlite) throws {
            database = try TestDatabase(driver)
            controlPlane = try ControlPlane(configuration: .init(port: 0, databasePath: database.name), logger: .quiet)
        }

        var ledger: Ledger { controlPlane.ledger }

        /// Whether the same ledger is written to by somebody whose bells ring elsewhere.
        var elsewhere: Ledger { Ledger(driver: ledger.driver) }

        func serve(_ body: @escaping @Sendable (_ url: String) async throws -> Void) async throws {
            try await controlPlane.application().test(.live) { client in
                try await body("http://127.0.0.1:\(try #require(client.port))")
            }
        }
    }

    /// Reads events to the end of the stream.
    private static func read(
        _ url: String, after id: String? = nil, each: (Event) async throws -> Void = { _ in }
    ) async throws -> [Event] {
        var request = HTTPClientRequest(url: url)
        if let id { request.headers.add(name: "last-event-id", value: id) }
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
        #expect(response.status == .ok)
        #expect(response.headers["content-type"] == ["text/event-stream"])
        var events: [Event] = []
        var event = Event()
        var text = ""
        for try await part in response.body {
            text += String(buffer: part)
            while let end = text.firstIndex(of: "\n") {
                let line = String(text[..<end])
                text = String(text[text.index(after: end)...])
                if line.hasPrefix("id: ") { event.id = String(line.dropFirst(4)) }
                if line.hasPrefix("event: ") { event.name = String(line.dropFirst(7)) }
                if line.hasPrefix("data: ") { event.data = String(line.dropFirst(6)) }
                guard line.isEmpty, !event.name.isEmpty else { continue }
                events.append(event)
                try await each(event)
                event = Event()
            }
        }
        return events
    }

    private static func ends(_ events: [Event]) throws -> [JobEnd] { try events.filter { $0.name == "job" }.map { try $0.decode() } }

    private static func register(_ ledger: Ledger) async throws { try await ledger.register(TestLedger.registration()) }

    private static func claim(_ ledger: Ledger, _ slots: Int) async throws -> [JobAssignment] {
        try await ledger.claim(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: slots, waitSeconds: 0)).jobs
    }

    @Test("Each job that ends is told once, in order, and a reader goes on where it was", arguments: TestDriver.allCases, [false, true])
    func story(driver: TestDriver, fromElsewhere: Bool) async throws {
        let plane = try Plane(driver)
        let batch = try await plane.ledger.submit(TestLedger.submission(runs: 4)).batchID
        try await Self.register(plane.ledger)
        let jobs = try await Self.claim(plane.ledger, 4)
        let writer = fromElsewhere ? plane.elsewhere : plane.ledger
        try await plane.serve { url in
            // Each end is reported when the one before has been read.
            var next = 3
            let events = try await Self.read("\(url)/batches/\(batch)/events") { event in
                guard event.name != "end", event.name == "job" || next == 3, next >= 0 else { return }
                let outcome: AttemptOutcome = next == 1 ? .failure : .success
                try await writer.ended(jobID: jobs[next].jobID, TestLedger.report(jobs[next], outcome, message: next == 1 ? "no\nluck" : nil))
                next -= 1
            }
            #expect(events.first?.name == "batch")
            #expect(events.last?.name == "end")
            #expect(try events.last?.decode(BatchOverview.self).batch.status == .failed)
            let ends = try Self.ends(events)
            #expect(ends.map(\.runIndex) == [3, 2, 1, 0])
            #expect(ends.map(\.status) == [.completed, .completed, .failed, .completed])
            #expect(ends[2] == JobEnd(jobID: jobs[1].jobID, runIndex: 1, status: .failed, attempt: 1, errorMessage: "no\nluck"))
            for (index, event) in events.filter({ $0.name == "job" }).enumerated() {
                let rest = try await Self.read("\(url)/batches/\(batch)/events", after: event.id)
                #expect(try Self.ends(rest) == Array(ends.dropFirst(index + 1)))
                #expect(rest.last?.name == "end")
            }
        }
    }

    @Test("Jobs that are cancelled together are told too, and a reader goes on among them", arguments: TestDriver.allCases)
    func cancelled(driver: TestDriver) async throws {
        let plane = try Plane(driver)
        let batch = try await plane.ledger.submit(TestLedger.submission(runs: 1000)).batchID
        try await Self.register(plane.ledger)
        let jobs = try await Self.claim(plane.ledger, 3)
        try await plane.ledger.ended(jobID: jobs[1].jobID, TestLedger.report(jobs[1], .success))
        _ = try await plane.ledger.cancelJob("\(batch)-700")
        _ = try await plane.ledger.cancelBatch(batch)
        for job in [jobs[2], jobs[0]] { try await plane.ledger.ended(jobID: job.jobID, TestLedger.report(job, .cancelled)) }
        try await plane.serve { url in
            let all = try await Self.read("\(url)/batches/\(batch)/events")
            let runs = try Self.ends(all).map(\.runIndex)
            #expect(runs == [1, 700, 2, 0] + (3..<1000).filter { $0 != 700 })
            #expect(all.filter { $0.name == "end" }.count == 1)
            let brief = try await Self.read("\(url)/batches/\(batch)/events?jobs=none")
            #expect(brief.map(\.name) == ["batch", "end"])
            for place in [0, 2, 3, 4, 500, 999] {
                let id = all.filter { $0.name == "job" }[place].id
                #expect(
                    try Self.ends(try await Self.read("\(url)/batches/\(batch)/events", after: id)).map(\.runIndex)
                        == Array(runs.dropFirst(place + 1)))
            }
        }
    }

    @Test("Why nobody can run a batch is told, and when somebody can") func unroutable() async throws {
        let plane = try Plane()
        let batch = try await plane.ledger.submit(TestLedger.submission(type: "gazebo")).batchID
        try await plane.serve { url in
            var reasons: [String?] = []
            _ = try await Self.read("\(url)/batches/\(batch)/events") { event in
                guard event.name == "batch" else { return }
                reasons.append(try event.decode(BatchOverview.self).unroutable)
                switch reasons.count {
                case 1: try await plane.ledger.register(TestLedger.registration("r1"))
                case 2: try await plane.ledger.register(TestLedger.registration("r2", types: ["gazebo"]))
                case 3: _ = try await plane.ledger.cancelBatch(batch)
                default: break
                }
            }
            let other = "no registered runner runs simulation type 'gazebo'; registered: basilisk"
            #expect(reasons == ["no runner is registered", other, nil, nil])
        }
    }

    @Test("A place in the stream has one spelling") func places() {
        #expect(EventPosition("17")?.description == "17")
        #expect(EventPosition("17/203") == EventPosition(end: 17, run: 203))
        for text in ["", "x", "-1", "1/", "1/-1", "01", "1/2/3", "+1", "99999999999999999999"] { #expect(EventPosition(text) == nil, "\(text)") }
    }

    @Test("The stream ends with the control plane") func shutdown() async throws {
        let plane = try Plane()
        let batch = try await plane.ledger.submit(TestLedger.submission()).batchID
        try await plane.serve { url in
            let events = try await Self.read("\(url)/batches/\(batch)/events") { _ in plane.ledger.changes.silence() }
            #expect(events.map(\.name) == ["batch"])
        }
    }

    @Test("A place that is none, or a batch that is not there, is refused before anything is sent") func refused() async throws {
        try await TestControlPlane().test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(), status: .created)
            let headers: HTTPFields = [.init("Last-Event-ID")!: "yesterday"]
            let problem = try await client.problem(.get, "/batches/\(receipt.batchID)/events", headers: headers, status: 422)
            #expect(problem.errors?.map(\.field) == ["Last-Event-ID"])
            _ = try await client.problem(.get, "/batches/x/events", status: 404)
        }
    }
}
