import Logging
import LynxModel
import TestSupport
import Testing

@testable import RunnerHost

@Suite("Limits per engine")
struct EngineLimitsTests {
    private func attempts(_ type: String) -> [Attempt] { ["a", "b", "c"].map { .sample($0, type: type) } }

    private func registered(_ limits: EngineLimits, capacity: Int = 4) -> RunnerState {
        var state = RunnerState(capacity: capacity, limits: limits)
        state.registered(RegisterResponse(leaseSeconds: 30, heartbeatIntervalSeconds: 5, protocolVersion: "1.2"))
        return state
    }

    private func claim(_ state: RunnerState) -> (slots: Int, typeSlots: [String: Int]?)? {
        if case .claim(let slots, let typeSlots, _)? = state.claimTurn() { (slots, typeSlots) } else { nil }
    }

    @Test("A claim says what they leave free")
    func claims() {
        var state = registered(EngineLimits(engines: ["basilisk", "px4_sitl"], limits: ["px4_sitl": 1]))
        #expect(claim(state)! == (4, ["px4_sitl": 1]))
        let vehicle = Attempt.sample("b", type: "px4_sitl")
        #expect(state.admit(.sample("a", type: "basilisk")) == .run)
        #expect(claim(state)! == (3, ["px4_sitl": 1]))
        #expect(state.admit(vehicle) == .run)
        #expect(claim(state)! == (2, ["px4_sitl": 0]))
        state.ended(vehicle.key)
        #expect(claim(state)! == (3, ["px4_sitl": 1]))
    }

    @Test("A claim that leaves a type out does not wait long: that type's jobs may end before others of the rest come")
    func wait() {
        let options = RunnerOptions(claimWait: .seconds(20))
        #expect(options.wait(ofClaimFor: nil) == .seconds(20))
        #expect(options.wait(ofClaimFor: ["px4_sitl": 1]) == .seconds(20))
        #expect(options.wait(ofClaimFor: ["px4_sitl": 0]) == .seconds(1))
        #expect(RunnerOptions(claimWait: .milliseconds(10)).wait(ofClaimFor: ["px4_sitl": 0]) == .milliseconds(10))
    }

    @Test("Without limits a claim says nothing of types")
    func unlimited() {
        #expect(claim(registered(EngineLimits(engines: ["basilisk", "px4_sitl"], limits: [:])))! == (4, nil))
    }

    @Test("A single engine's limit is the runner's, under whatever tag its jobs come")
    func single() {
        var state = registered(EngineLimits(engines: ["px4_sitl"], limits: ["px4_sitl": 1, "other": 1]))
        #expect(claim(state)! == (1, nil))
        #expect(state.admit(.sample("a", type: "a-tag")) == .run)
        #expect(claim(state) == nil)
    }

    @Test("Where all engines are limited no more than their sum is claimed")
    func sum() {
        #expect(registered(EngineLimits(engines: ["a", "b"], limits: ["a": 1, "b": 2]), capacity: 9).running.capacity == 3)
    }

    @Test("What was handed out beyond them waits, until there is room or it is to be stopped")
    func waiting() {
        var state = registered(EngineLimits(engines: ["basilisk", "px4_sitl"], limits: ["px4_sitl": 1]))
        let attempts = attempts("px4_sitl")
        for attempt in attempts { #expect(state.admit(attempt) == .run) }
        func hasSlot(_ number: Int) -> Bool { state.running.assignSlot(to: attempts[number]) != nil }
        #expect(hasSlot(0) && !hasSlot(1) && !hasSlot(2))
        state.ended(attempts[0].key)
        #expect(hasSlot(1) && !hasSlot(2))
        attempts[2].stop(.cancelled)
        #expect(hasSlot(2))
    }

    @Test("PX4's vehicles fit the processors where no limit is given, and the limit that is given counts", arguments: [
        ("", 20), ("speed_factor: 10", 2), ("speed_factor: 5", 4), ("speed_factor: 4.0", 5), ("speed_factor: 50", 2), ("speed_factor: 0.1", 20),
        ("{speed_factor: 10, max_concurrent_jobs: 7}", 7),
    ])
    func vehicles(options: String, limit: Int) throws {
        let section = options.isEmpty ? "" : "engine_options:\n  px4_sitl: \(options.hasPrefix("{") ? options : "{\(options)}")\n"
        let directory = try TemporaryDirectory()
        let file = try directory.write("runner.yaml", "engines: [basilisk, px4_sitl]\n" + section)
        let configuration = try RunnerConfiguration.load(file: file, environment: [:], flags: [:])
        let host = HostTable(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let catalog = EngineCatalog(searchPath: [Repository.products], host: host.makeTable())
        let engines = configuration.engines.compactMap(catalog.engine)
        let mission = try directory.write("mission.py", "")
        for engine in engines {
            var settings = EngineSettings.make(for: engine.id, engine.declaration, configuration)
            settings[try #require(engine.declaration?.entrypoint)] = mission
            // What does not run here may be missing; the settings count nevertheless.
            settings["scenarios"] = "true"
            if engine.id == "px4_sitl" { settings["px4_entrypoint"] = nil }
            try engine.configure(settings)
        }
        #expect(configuration.engineLimits(of: engines, processors: 2) == ["px4_sitl": limit])
        #expect(configuration.engineLimits(of: [], processors: 2) == [:])
    }
}
