import Foundation
import LynxModel
import TestSupport
import Testing

/// A study of a scenario that is worth a warm parent, with what it has running while it is served, and its runner's log.
///
/// The scenario finds `warm` set, whether this process is a copy of a parent, and `proof`, whether it is no job but a run for
/// the proof; `tell` and `wait` do nothing there.
struct WarmStudy {
    /// `slow_to_import` is a module of the study; another one is `model`, if there is one.
    private static let prelude = """
        import slow_to_import
        proof = "/proof/" in output
        warm = "libLynxWarm" in open("/proc/self/maps").read()
        if proof:
            def tell(*words): pass
            def wait(): pass

        """

    let study: StudyFixture
    let server: ControlPlaneServer
    private(set) var runner: Program
    private(set) var log: EventPipe

    /// - Parameters:
    ///   - model: the source of a module of that name, which the scenario imports first.
    ///   - options: of the engine, in YAML's flow style, for what is not to wait until the machine is idle.
    init(
        _ scenario: String, model: String? = nil, runs: Int = 2, slots: Int = 1, options: String = "warm_prove_after: 0",
        isWarm: Bool = true, earlyTermination: String = "{enabled: false}"
    ) async throws {
        study = try StudyFixture(
            (model == nil ? "" : "import model\n") + Self.prelude + scenario, runs: runs, slots: slots, earlyTermination: earlyTermination,
            isWarm: isWarm)
        try study.directory.write("slow_to_import.py", "TOTAL = sum(range(6_000_000))\n")
        if let model { try study.directory.write("model.py", model) }
        try study.directory.write("runner.yaml", study.directory.read("runner.yaml") + "engine_options: {basilisk: {\(options)}}\n")
        server = try await ControlPlaneServer.start(study)
        log = try EventPipe(study.directory.path + "/log")
        runner = try server.startRunner(errors: log)
    }

    /// Runs the first run alone, which is cold, and waits for what follows from it.
    ///
    /// - Returns: the pid of the parent that is ready then.
    @discardableResult
    func becomeReady() async throws -> Int32 {
        _ = try await run(1)
        return try await parent()
    }

    /// The pid of the next parent that is ready.
    func parent() async throws -> Int32 {
        let line = try await log.expect("ready (pid ")[0]
        return try #require(try /\(pid (\d+),/.firstMatch(in: line).flatMap { Int32($0.1) })
    }

    /// What is listed of the parent with the runner, once it is as `condition` says.
    func shown(_ condition: (WarmWorker) -> Bool) async throws -> WarmWorker {
        while true {
            let answer = try WireJSON.decode([String: [Runner]].self, from: Data(try await server.ask("runners").output.utf8))
            if let worker = answer["runners"]?.first?.engines.first?.warmWorkers?.first, condition(worker) { return worker }
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    /// What becomes of it: ready, or off.
    func settled() async throws -> WarmWorker { try await shown { $0.state != .starting } }

    func run(_ runs: Int? = nil) async throws -> StudyDocument { try await server.results(of: try await server.submit(runs: runs)) }

    /// Ends the runner, and starts another one with the same state.
    mutating func restartRunner() async throws {
        runner.send(SIGTERM)
        _ = try await runner.end()
        log = try EventPipe(study.directory.path + "/log-\(UUID())")
        runner = try server.startRunner(errors: log)
    }

    /// - Returns: what the runner has logged.
    func end() async throws -> [String] {
        try await endOrderly(runner, server)
        return log.drain()
    }
}
