import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import LynxModel
import NIOCore

/// Stands in for runners that have nothing to simulate: claims the jobs of one batch and reports each at once.
///
/// Prints one JSON object: the number of jobs, and the seconds from the first claim to the last acknowledgement.
@main
struct LoadGenerator: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lynx-load", abstract: "Claim and report the jobs of one batch as several runners would, and time it.")

    @Option(help: ArgumentHelp("The control plane.", valueName: "url"))
    var controlPlane = "http://127.0.0.1:8080"

    @Option(help: "How many runners.")
    var runners = 1

    @Option(help: "How many jobs each of them may have at a time.")
    var slots = 4

    @Option(help: "How many jobs the batch has.")
    var jobs = 1000

    @Option(help: "How many outputs each job reports, made of its parameters and of noise.")
    var outputs = 0

    @Option(help: "How many parameters the batch disperses.")
    var parameters = 1

    @Option(help: "How many jobs to report a second over all runners; without it as many as go.")
    var rate: Double?

    func validate() throws {
        if let rate, !(rate > 0) { throw ValidationError("--rate \(rate) is too small; give more than 0.") }
        for (name, value) in [("runners", runners), ("slots", slots), ("jobs", jobs), ("parameters", parameters)] where value < 1 {
            throw ValidationError("--\(name) \(value) is too small; give 1 or more.")
        }
        guard 0...RunOutput.mostPerRun ~= outputs else { throw ValidationError("--outputs \(outputs) is not from 0 to \(RunOutput.mostPerRun).") }
    }

    func run() async throws {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = runners * (slots + 1)
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let server = Server(url: controlPlane, http: http)
        let pool = (0..<runners).map { SimulatedRunner(id: "load-\($0)", slots: slots, outputs: outputs, server: server) }
        for runner in pool { try await runner.register() }
        try await submit(to: server)

        let began = ContinuousClock.now
        let tally = Tally(jobs, rate: rate)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for runner in pool { group.addTask { try await runner.work(tally) } }
            try await group.waitForAll()
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        for runner in pool { try await runner.leave() }
        try await http.shutdown()
        print(#"{"jobs": \#(jobs), "seconds": \#(seconds)}"#)
    }

    private func submit(to server: Server) async throws {
        let config = BatchConfig(
            simulation: SimulationSpec(name: "nothing", type: "load"), monteCarlo: MonteCarloSpec(runs: jobs, seed: 1),
            dispersions: Dictionary(
                uniqueKeysWithValues: (0..<parameters).map {
                    ($0 == 0 ? "mass" : "mass_\($0)", Dispersion(distribution: .uniform(min: 1, max: 2), units: "kg"))
                }))
        let _: BatchReceipt = try await server.ask("/jobs", BatchSubmission(name: "load", config: config), expecting: 201)
    }
}
