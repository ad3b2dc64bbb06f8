import LynxModel
import Testing

@testable import ControlPlane

@Suite("Which runner takes what")
struct RoutingTests {
    private func runner(_ types: [String], cores: Int = 4, memory: Double = 8, gpu: Bool = false) -> RunnerCapabilities {
        RunnerCapabilities(maxConcurrentJobs: 1, cpuCores: cores, memoryGB: memory, gpuAvailable: gpu, supportedSimulationTypes: types)
    }

    @Test("What no runner could ever take is said by the nearest miss") func obstacles() {
        #expect(JobRequirement(type: "px4").obstacle(among: []) == "no runner is registered")
        let pool = [runner(["basilisk", "gpu"]), runner(["basilisk"], cores: 16, gpu: true), runner(["other"], memory: 500)]
            .map { RunnerAbilities(capabilities: $0) }
        #expect(JobRequirement(type: "basilisk", cores: 16, memoryGB: 8, gpu: true).obstacle(among: pool) == nil)
        #expect(
            JobRequirement(type: "px4_sitl").obstacle(among: pool)
                == "no registered runner runs simulation type 'px4_sitl'; registered: basilisk, gpu, other")
        #expect(
            JobRequirement(type: "basilisk", cores: 32).obstacle(among: pool)
                == "no registered runner for 'basilisk' has 32 CPU cores; the nearest has 4 CPU cores")
        #expect(
            JobRequirement(type: "basilisk", cores: 8, memoryGB: 64.5, gpu: true).obstacle(among: pool)
                == "no registered runner for 'basilisk' has 64.5 GB of memory; the nearest has 8 GB of memory, with all else that is asked for")
    }

    @Test("Jobs go only to runners that have what they ask for, and say so while there is none", arguments: TestDriver.allCases)
    func capabilities(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        let container = ContainerSpec(cpuRequest: "2500m", memoryRequest: "8Gi")
        let batch = try await test.ledger.submit(TestLedger.submission(runs: 2, container: container, gpu: true)).batchID
        #expect(try await test.claim().isEmpty)
        let reason = "no registered runner for 'basilisk' has 2.5 CPU cores and 8.59 GB of memory and a GPU; the nearest has 2 CPU cores and 4 GB of memory and no GPU"
        #expect(try await test.ledger.overview(batchID: batch).unroutable == reason)
        #expect(try await test.ledger.job("\(batch)-1").pendingReason == reason)
        #expect(try await test.ledger.jobs(batchID: batch, limit: 9).items.map(\.pendingReason) == [reason, reason])

        var big = TestLedger.registration("big")
        big.capabilities = runner(["basilisk"], cores: 3, memory: 8.6, gpu: true)
        try await test.ledger.register(big)
        #expect(try await test.ledger.overview(batchID: batch).unroutable == nil)
        #expect(try await test.ledger.job("\(batch)-1").pendingReason == nil)
        #expect(try await test.claim().isEmpty)
        #expect(try await test.claim("big", slots: 9).count == 2)
    }

    @Test("What a claim gave whose answer never came is given out again at once", arguments: TestDriver.allCases)
    func lostAnswer(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        try await test.submit(runs: 3)
        let kept = try await test.claim()[0]
        let unheard = try await test.claim()[0]
        let held = [AttemptKey(jobID: kept.jobID, attempt: 1)]
        let again = try await test.ledger.claim(ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 1, waitSeconds: 0, held: held)).jobs
        #expect(again.map(\.jobID) == [unheard.jobID])
        #expect(again.map(\.attempt) == [2])
        #expect(try await test.job(kept).status == .claimed)
        #expect(try await test.ledger.runner("r1").quarantine == nil)
        #expect(try await test.disagreements().isEmpty)
    }

    @Test("A claim brings no more of a type than it has slots for, whatever waits", arguments: TestDriver.allCases)
    func typeSlots(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register(types: ["basilisk", "px4_sitl"])
        try await test.submit(runs: 9, type: "px4_sitl")
        func claim(_ typeSlots: [String: Int]) async throws -> [String] {
            let request = ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 4, waitSeconds: 0, typeSlots: typeSlots)
            return try await test.ledger.claim(request).jobs.map(\.runConfig.simulation.type)
        }
        #expect(try await claim(["px4_sitl": 2]) == ["px4_sitl", "px4_sitl"])
        #expect(try await claim(["px4_sitl": 0]).isEmpty)
        try await test.submit(runs: 9, type: "basilisk")
        #expect(try await claim(["px4_sitl": 1]).sorted() == ["basilisk", "basilisk", "basilisk", "px4_sitl"])
        #expect(try await claim(["px4_sitl": 0]) == ["basilisk", "basilisk", "basilisk", "basilisk"])
    }
}
