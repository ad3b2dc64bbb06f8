import FoundationEssentials
import LynxModel
import Synchronization

/// How many jobs are still to be reported, over all runners, and when.
final class Tally: Sendable {
    private let left: Atomic<Int>
    private let due: Atomic<Int>
    private let rate: Double?
    private let began = ContinuousClock.now

    /// - Parameter rate: Jobs per second; nil: as many as go.
    init(_ jobs: Int, rate: Double? = nil) {
        left = Atomic(jobs)
        due = Atomic(0)
        self.rate = rate
    }

    var isDone: Bool { left.load(ordering: .relaxed) <= 0 }

    /// Waits until so many more jobs may be reported.
    func wait(for jobs: Int) async throws {
        let before = due.add(jobs, ordering: .relaxed).oldValue
        guard let rate else { return }
        try await Task.sleep(until: began + .seconds(Double(before + jobs) / rate), clock: .continuous)
    }

    func reported() { left.subtract(1, ordering: .relaxed) }
}

/// One runner without engines: a job is over as soon as it is claimed.
struct SimulatedRunner: Sendable {
    let id: String
    let session = UUID().uuidString
    let slots: Int
    /// How many each job reports.
    let outputs: Int
    let server: Server

    init(id: String, slots: Int, outputs: Int, server: Server) {
        self.id = id
        self.slots = slots
        self.outputs = outputs
        self.server = server
    }

    func register() async throws {
        let _: RegisterResponse = try await server.ask(
            "/runner/v1/register",
            RegisterRequest(
                runnerID: id, sessionID: session, name: id, version: "1",
                capabilities: RunnerCapabilities(
                    maxConcurrentJobs: slots, cpuCores: 1, memoryGB: 1, gpuAvailable: false, supportedSimulationTypes: ["load"]),
                engines: [RunnerEngine(id: "load", version: "1")]))
    }

    /// Claims up to its slots and reports what it claimed, in one call, as runners do with what is ready together; until all
    /// jobs are reported.
    func work(_ tally: Tally) async throws {
        while !tally.isDone {
            let request = ClaimRequest(runnerID: id, sessionID: session, slots: slots, waitSeconds: 0.05)
            let claimed: ClaimResponse = try await server.ask("/runner/v1/claim", request)
            guard !claimed.jobs.isEmpty else { continue }
            try await tally.wait(for: claimed.jobs.count)
            let group = ResultGroup(runnerID: id, reports: claimed.jobs.map(report))
            let answer: ResultGroupAnswer = try await server.ask("/runner/v1/results", group)
            for item in answer.results {
                if let problem = item.problem { throw Server.Refusal(description: "\(item.jobID): \(problem)") }
                tally.reported()
            }
        }
    }

    func leave() async throws {
        try await server.post("/runner/v1/leave", LeaveRequest(runnerID: id, sessionID: session), expecting: 204)
    }

    private func report(_ job: JobAssignment) -> AttemptReport {
        let now = Date()
        let metadata = ResultMetadata(
            runID: "\(job.jobID)/attempt-\(job.attempt)", runIndex: job.runConfig.runIndex, attempt: job.attempt,
            simulationName: job.runConfig.simulation.name, simulationVersion: job.runConfig.simulation.version, engine: "load",
            engineVersion: "1", runnerID: id, outcome: .success, exitCode: 0, startedAt: now, completedAt: now)
        return AttemptReport(
            runnerID: id, batchID: job.batchID, attempt: job.attempt, retryable: false,
            result: JobResult(
                jobID: job.jobID, success: true, executionTimeSecs: 0.001, outputs: outputs == 0 ? nil : numbers(job), metadata: metadata))
    }

    /// Each a parameter's square with as much noise, which is the same for the same run.
    private func numbers(_ job: JobAssignment) -> [RunOutput] {
        let parameters = job.runConfig.parameters.sorted { $0.key < $1.key }.compactMap {
            if case .number(let value) = $0.value { value } else { nil }
        }
        var noise = job.runConfig.seed
        return (0..<outputs).map { place in
            // Knuth's linear congruential generator.
            noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let value = parameters.isEmpty ? 0 : parameters[place % parameters.count]
            return RunOutput(name: "y\(place)", value: value * value + Double(noise >> 11) * 0x1p-53, units: "m")
        }
    }
}
