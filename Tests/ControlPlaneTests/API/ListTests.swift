import FoundationEssentials
import Hummingbird
import HummingbirdTesting
import LynxModel
import Testing

@testable import ControlPlane

@Suite("Lists of the API", .serialized)
struct ListTests {
    @Test("Batches are found by their state and their name, in parts", arguments: TestDriver.allCases)
    func batches(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            var ids: [String: [String]] = [:]
            for name in ["a b&c", "other", "a b&c", "other", "a b&c"] {
                let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(name: name, runs: 1), status: .created)
                ids[name, default: []].insert(receipt.batchID, at: 0)
                plane.clock.advance(by: 1)
            }
            try await client.call(.post, "/batches/\(ids["other"]![0])/cancel")
            var found: [String] = []
            var cursor = ""
            repeat {
                let list: BatchList = try await client.get("/batches?name=a%20b%26c&limit=2\(cursor)")
                found += list.batches.map(\.batchID)
                cursor = list.nextCursor.map { "&cursor=\($0)" } ?? ""
            } while !cursor.isEmpty
            #expect(found == ids["a b&c"])
            let cancelled: BatchList = try await client.get("/batches?status=Cancelled")
            #expect(cancelled.batches.map(\.batchID) == [ids["other"]![0]])
            let both: BatchList = try await client.get("/batches?status=Pending&name=other")
            #expect(both.batches.map(\.batchID) == [ids["other"]![1]])
            #expect(try await client.get("/batches?name=a", as: BatchList.self).batches == [])
        }
    }

    @Test("Results come in parts when asked for, and all together when not", arguments: TestDriver.allCases)
    func results(driver: TestDriver) async throws {
        try await TestControlPlane(driver).test { client in
            let receipt: BatchReceipt = try await client.post("/jobs", TestLedger.submission(runs: 40), status: .created)
            try await client.register()
            for job in try await client.claim(slots: 40).jobs where job.runConfig.runIndex != 3 {
                try await client.call(.post, "/runner/v1/jobs/\(job.jobID)/result", TestLedger.report(job, .success))
            }
            let wanted = (0..<40).filter { $0 != 3 }
            for limit in [1, 16, 17, 39, 40, 1000] {
                var found: [Int] = []
                var cursor = ""
                var parts = 0
                repeat {
                    let list: ResultList = try await client.get("/batches/\(receipt.batchID)/results?telemetry=summary&limit=\(limit)\(cursor)")
                    #expect(list.results.count <= limit)
                    found += list.results.map(\.metadata.runIndex)
                    cursor = list.nextCursor.map { "&cursor=\($0)" } ?? ""
                    parts += 1
                } while !cursor.isEmpty
                #expect(found == wanted)
                #expect(parts == (39 + limit - 1) / limit)
            }
            let all: ResultList = try await client.get("/batches/\(receipt.batchID)/results")
            #expect(all.results.count == 39 && all.nextCursor == nil)
        }
    }

    @Test("Runners are found by their state, in parts, by name", arguments: TestDriver.allCases)
    func runners(driver: TestDriver) async throws {
        let plane = try TestControlPlane(driver)
        try await plane.test { client in
            for number in [3, 1, 2, 5, 4] { try await client.register("r\(number) é") }
            _ = try await client.post("/jobs", TestLedger.submission(runs: 1), as: BatchReceipt.self, status: .created)
            _ = try await client.claim("r2 é")
            for number in [1, 4] { try await client.call(.post, "/runners/r\(number)%20%C3%A9/drain") }
            func find(_ query: String) async throws -> [String] {
                var found: [String] = []
                var cursor = ""
                repeat {
                    let list: RunnerList = try await client.get("/runners?\(query)\(cursor)")
                    found += list.runners.map(\.runnerID)
                    cursor = list.nextCursor.map { "&cursor=\($0)" } ?? ""
                } while !cursor.isEmpty
                return found
            }
            #expect(try await find("limit=2") == ["r1 é", "r2 é", "r3 é", "r4 é", "r5 é"])
            #expect(try await find("status=Maintenance&limit=1") == ["r1 é", "r4 é"])
            #expect(try await find("status=Busy") == ["r2 é"])
            #expect(try await find("status=Idle&limit=2") == ["r3 é", "r5 é"])
            let runner: Runner = try await client.get("/runners/r2%20%C3%A9")
            #expect(runner.protocolVersion == RunnerProtocol.version && runner.currentJobs.count == 1)
            plane.clock.advance(by: 60)
            #expect(try await find("status=Offline&limit=3").count == 5)
        }
    }
}
