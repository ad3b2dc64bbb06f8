import LynxModel
import Testing

@testable import ControlPlane

@Suite("Batches that name a scenario")
struct ScenarioRoutingTests {
    private func submission(_ scenario: String, runs: Int = 2) -> BatchSubmission {
        var submission = TestLedger.submission(runs: runs)
        submission.config.simulation = SimulationSpec(name: "s", scenario: scenario)
        return submission
    }

    private func register(_ test: TestLedger, _ runner: String = "r1", _ scenarios: [RunnerScenario], scenarioOnly: [String] = []) async throws {
        var registration = TestLedger.registration(runner)
        registration.offer = RunnerOffer(scenarios: scenarios, scenarioOnly: scenarioOnly)
        try await test.ledger.register(registration)
    }

    @Test("They go only to runners that have it, and others' default jobs do not", arguments: TestDriver.allCases)
    func routed(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await register(test, "r1", [RunnerScenario(name: "orbit", engine: "basilisk")])
        try await test.register("r2")
        let batch = try await test.ledger.submit(submission("orbit")).batchID
        #expect(try await test.claim("r2", slots: 4).isEmpty)
        let jobs = try await test.claim("r1", slots: 4)
        #expect(jobs.map(\.batchID) == [batch, batch])
        #expect(jobs[0].runConfig.simulation.scenario == "orbit" && jobs[0].runConfig.simulation.type == "scenario")
        #expect(try await test.ledger.runner("r1").scenarios == [RunnerScenario(name: "orbit", engine: "basilisk")])
    }

    @Test("A name that no runner has is told at once, with the nearest one", arguments: TestDriver.allCases)
    func unknown(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let names = ["orbit_raise", "attitude"].map { RunnerScenario(name: $0, engine: "basilisk") }
        try await register(test, "r1", names)
        let batch = try await test.ledger.submit(submission("orbit_rise")).batchID
        #expect(
            try await test.ledger.overview(batchID: batch).unroutable
                == "no registered runner has the scenario 'orbit_rise'; did you mean 'orbit_raise'? there are: attitude, orbit_raise")
        #expect(try await test.claim().isEmpty)
    }

    @Test("One that a heartbeat brings is routed from then on, and one that it takes away is not", arguments: TestDriver.allCases)
    func changed(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        try await test.register()
        _ = try await test.ledger.submit(submission("orbit"))
        #expect(try await test.claim().isEmpty)
        func heartbeat(_ offer: RunnerOffer?) async throws {
            _ = try await test.ledger.heartbeat(HeartbeatRequest(runnerID: "r1", sessionID: "s1", attempts: [], offer: offer))
        }
        try await heartbeat(RunnerOffer(scenarios: [RunnerScenario(name: "orbit", engine: "basilisk", sha256: "a".sha256)]))
        #expect(try await test.claim().count == 1)
        try await heartbeat(nil)
        #expect(try await test.ledger.runner("r1").scenarios?.first?.sha256 == "a".sha256)
        try await heartbeat(RunnerOffer())
        #expect(try await test.claim().isEmpty)
        #expect(try await test.ledger.runner("r1").scenarios == nil)
    }

    @Test("A scenario in trouble is waited for, with its reason") func trouble() async throws {
        let test = try TestLedger()
        try await register(test, "r1", [RunnerScenario(name: "orbit", engine: "basilisk", trouble: "entrypoint: 'a.py' is gone")])
        let batch = try await test.ledger.submit(submission("orbit")).batchID
        #expect(try await test.claim().isEmpty)
        let overview = try await test.ledger.overview(batchID: batch)
        #expect(overview.unroutable == nil)
        #expect(overview.pendingReason?.contains("starts no jobs since") == true)
        #expect(overview.pendingReason?.contains("entrypoint: 'a.py' is gone") == true)
    }

    @Test("A runner whose engine has no default scenario gets no jobs that name none") func withoutDefault() async throws {
        let test = try TestLedger()
        try await register(test, "r1", [RunnerScenario(name: "orbit", engine: "basilisk")], scenarioOnly: ["basilisk"])
        let batch = try await test.submit()
        #expect(try await test.claim().isEmpty)
        #expect(
            try await test.ledger.overview(batchID: batch).unroutable
                == "no registered runner of 'basilisk' has a default scenario; name one with simulation.scenario, there are: orbit")
    }

    @Test("A type that looks like a scenario's is no way around its name") func forged() async throws {
        let test = try TestLedger()
        try await test.register(types: ["scenario:orbit", "bundle:basilisk"])
        _ = try await test.ledger.submit(submission("orbit"))
        #expect(try await test.claim().isEmpty)
    }

    @Test("Slots of a scenario limit its jobs") func slots() async throws {
        let test = try TestLedger()
        try await register(test, "r1", [RunnerScenario(name: "orbit", engine: "basilisk")])
        _ = try await test.ledger.submit(submission("orbit", runs: 5))
        let request = ClaimRequest(runnerID: "r1", sessionID: "s1", slots: 4, waitSeconds: 0, typeSlots: ["scenario:orbit": 1])
        #expect(try await test.ledger.claim(request).jobs.count == 1)
    }

    @Test("Jobs in an image go only to runners that run images, and wait for one with a reason", arguments: TestDriver.allCases)
    func contained(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        let scenarios = [RunnerScenario(name: "orbit", engine: "basilisk")]
        try await register(test, "r1", scenarios)
        var submission = submission("orbit")
        submission.config.compute.container = ContainerSpec(image: "lab/sim:1")
        let batch = try await test.ledger.submit(submission).batchID
        #expect(try await test.claim("r1", slots: 4).isEmpty)
        #expect(
            try await test.ledger.overview(batchID: batch).unroutable
                == "no registered runner of 'scenario:orbit' runs container images; 'container_runtime' in its configuration lets one that has podman or apptainer, and without compute.container.image it needs none")
        var registration = TestLedger.registration("r2")
        registration.offer = RunnerOffer(scenarios: scenarios, containerEngines: ["basilisk"])
        try await test.ledger.register(registration)
        #expect(try await test.ledger.overview(batchID: batch).unroutable == nil)
        let jobs = try await test.claim("r2", slots: 4)
        #expect(jobs.count == 2 && jobs[0].container?.image == "lab/sim:1")
        #expect(try await test.ledger.runner("r2").containerEngines == ["basilisk"])
    }

    @Test("A scenario that runs only in images is given no jobs without one, and they are told why", arguments: TestDriver.allCases)
    func needsImage(driver: TestDriver) async throws {
        let test = try TestLedger(driver)
        var registration = TestLedger.registration("r1")
        let reason = "command: no program 'sim' in PATH; install it or give its path"
        registration.offer = RunnerOffer(
            scenarios: [RunnerScenario(name: "orbit", engine: "basilisk", needsImage: reason)], containerEngines: ["basilisk"])
        try await test.ledger.register(registration)
        let plain = try await test.ledger.submit(submission("orbit")).batchID
        #expect(try await test.claim("r1", slots: 4).isEmpty)
        #expect(
            try await test.ledger.overview(batchID: plain).unroutable
                == "no registered runner runs the scenario 'orbit' without a container image (\(reason)); name one with compute.container.image")
        var contained = submission("orbit")
        contained.config.compute.container = ContainerSpec(image: "lab/sim:1")
        let batch = try await test.ledger.submit(contained).batchID
        #expect(try await test.ledger.overview(batchID: batch).unroutable == nil)
        #expect(try await test.claim("r1", slots: 4).allSatisfy { $0.container?.image == "lab/sim:1" })
        #expect(try await test.ledger.overview(batchID: batch).jobsByStatus["Pending"] == nil)
    }
}
