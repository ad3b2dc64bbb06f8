import ArgumentParser
import LynxCLI
import LynxModel

struct RunnersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runners", abstract: "List the runners of a control plane.",
        discussion: """
            EXAMPLE:
              lynxctl runners --control-plane http://127.0.0.1:8080
            """)

    @OptionGroup var controlPlane: ControlPlaneOptions

    func run() async throws {
        try await controlPlane.withAPI { api in
            let runners = try await api.runners()
            guard !controlPlane.json else { return try JSONOutput.print(["runners": runners]) }
            guard !runners.isEmpty else {
                return OutputStream.standard.line("no runners: start one with 'runner-host --config RUNNER.yaml --control-plane \(api.baseURL)'")
            }
            var table = TextTable(columns: [
                .init("runner"), .init("name"), .init("status"), .init("jobs", .right), .init("slots", .right), .init("cores", .right),
                .init("memory GB", .right), .init("gpu"), .init("last heard of"), .init("version"), .init("engines"), .init("warm workers"), .init("runs"), .init("scenarios"), .init("current jobs", .free),
            ])
            table.rows = runners.map { runner in
                [
                    .init(runner.runnerID), .init(runner.name), .init(runner.status.rawValue, runner.status.paint),
                    .init("\(runner.currentJobs.count)"), .init("\(runner.capabilities.maxConcurrentJobs)"),
                    .init("\(runner.capabilities.cpuCores)"), .init(NumberText.fixed(runner.capabilities.memoryGB, digits: 1)),
                    .init(runner.capabilities.gpuAvailable ? "yes" : "no"), .init(WireJSON.timestamp(runner.lastHeartbeatAt)),
                    .init(runner.version), .init(runner.engines.map { "\($0.id) \($0.version)" }.joined(separator: ", ")),
                    .init(runner.warmWorkers.map(\.summary).joined(separator: "; "), runner.warmWorkers.contains { $0.state == .off } ? .yellow : nil),
                    .init(runner.capabilities.supportedSimulationTypes.joined(separator: ", ")),
                    .init(runner.offered),
                    .init(runner.currentJobs.joined(separator: ", ")),
                ]
            }
            table.print()
            for runner in runners {
                if let quarantine = runner.quarantine {
                    let end = quarantine.endsByItself == true ? "it ends when that is done" : "'lynxctl runner resume \(runner.runnerID)' ends it"
                    OutputStream.standard.line(
                        "\(runner.runnerID) is in quarantine since \(WireJSON.timestamp(quarantine.since)): \(quarantine.reason); \(end)")
                }
                for engine in runner.engines where runner.quarantine?.endsByItself != true {
                    guard let trouble = engine.trouble else { continue }
                    let end = trouble.retryAt.map { "; it tries again at \(WireJSON.timestamp($0))" } ?? ""
                    OutputStream.standard.line(
                        "\(runner.runnerID) starts no jobs of \(engine.id) since \(WireJSON.timestamp(trouble.since)): \(trouble.reason)\(end)")
                }
                for scenario in runner.scenarios ?? [] {
                    if let reason = scenario.needsImage {
                        OutputStream.standard.line("\(runner.runnerID) runs scenario '\(scenario.name)' only in container images: \(reason)")
                    }
                    guard let trouble = scenario.trouble else { continue }
                    OutputStream.standard.line("\(runner.runnerID) starts no jobs of scenario '\(scenario.name)': \(trouble)")
                }
                for worker in runner.warmWorkers {
                    if let line = worker.explanation { OutputStream.standard.line("\(runner.runnerID) \(line)") }
                }
            }
            for name in runners.differingScenarios {
                OutputStream.standard.line("scenario '\(name)' is not the same on all runners: the codes behind its name differ")
            }
        }
    }
}

extension [Runner] {
    /// The names of scenarios that are not the same on all runners that have them.
    fileprivate var differingScenarios: [String] {
        let scenarios = filter { $0.status != .offline }.flatMap { $0.scenarios ?? [] }.filter { $0.sha256 != nil }
        return Dictionary(grouping: scenarios, by: \.name).filter { Set($0.value.map(\.sha256)).count > 1 }.keys.sorted()
    }
}

extension Runner {
    /// Its scenarios with the beginnings of their hashes, and whether it runs bundles.
    fileprivate var offered: String {
        let names = (scenarios ?? []).map { scenario in scenario.sha256.map { "\(scenario.name)@\($0.prefix(8))" } ?? scenario.name }
        return (names + (bundleTypes == nil ? [] : ["bundles"])).joined(separator: ", ")
    }

    fileprivate var warmWorkers: [WarmWorker] { engines.flatMap { $0.warmWorkers ?? [] } }
}

extension WarmWorker {
    /// Such as `ready (pid 4711, 87 MiB, 412 jobs)`.
    fileprivate var summary: String {
        let parts = [
            pid.map { "pid \($0)" }, rssBytes.map { "\($0 >> 20) MiB" }, jobsStarted == 1 ? "1 job" : "\(jobsStarted) jobs",
            state == .ready ? share : nil,
        ]
        return "\(state.rawValue) (\(parts.compactMap(\.self).joined(separator: ", ")))"
    }

    /// Such as `94 % of imports`.
    private var share: String? {
        guard let importSeconds, let importSecondsWarm, importSeconds > 0 else { return nil }
        return "\(Int((100 * importSecondsWarm / importSeconds).rounded())) % of imports"
    }

    /// What becomes of the jobs, where that is not what was wished for. Follows the runner's id.
    fileprivate var explanation: String? {
        switch state {
        case .off: return "starts jobs of \(entrypoint) cold: \(message ?? "its engine doesn't say why")"
        case .starting: return message.map { "has no warm parent for \(entrypoint) yet: \($0)" }
        case .ready:
            guard let leftOut, !leftOut.isEmpty else { return nil }
            let longest = leftOut.prefix(3).map { "\($0.module) (\($0.why))" }.joined(separator: ", ")
            return "has each job of \(entrypoint) import by itself: \(longest)\(leftOut.count > 3 ? ", …" : "")"
        }
    }
}

extension RunnerStatus {
    var paint: Paint? {
        switch self {
        case .idle, .busy: .green
        case .offline: .red
        case .maintenance: .yellow
        }
    }
}
