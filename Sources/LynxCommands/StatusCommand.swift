import ArgumentParser
import FoundationEssentials
import LynxCLI
import LynxModel

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show how far a batch is; without an id, list the batches.",
        discussion: """
            EXAMPLES:
              lynxctl status
              lynxctl status BATCH_ID --watch
            """)

    @Argument(help: "The batch.")
    var batchID: String?

    @Flag(help: "Stay until the batch has ended.")
    var watch = false

    @OptionGroup var patience: PatienceOptions

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        if watch, batchID == nil { throw ValidationError("--watch needs the id of a batch.") }
    }

    func run() async throws {
        try await controlPlane.withAPI { api in
            guard let batchID else { return try list(try await api.batches()) }
            guard watch else { return try show(try await api.overview(of: batchID)) }
            _ = try await api.overview(of: batchID)
            let status = StatusOutput()
            let batch = BatchWatch(api: api, batchID: batchID, maxOutage: patience.limit)
            try await batch.run(note: status.note) { status.show($0) }
            status.finish()
            var outage = Outage(limit: patience.limit, url: api.baseURL, note: status.note)
            try show(try await outage.bridge { try await api.overview(of: batchID) })
        }
    }

    private func show(_ overview: BatchOverview) throws {
        guard !controlPlane.json else { return try JSONOutput.print(overview) }
        let output = OutputStream.standard
        let batch = overview.batch
        output.line("batch      \(batch.batchID)")
        output.line("name       \(batch.name)")
        output.line("status     \(batch.status.rawValue)")
        let counts = JobStatus.allCases.filter { overview.count($0) > 0 }.map { "\(overview.count($0)) \($0.rawValue.lowercased())" }
        let nominal = overview.nominalRun == nil ? "" : ", the nominal run among them"
        output.line("jobs       \(batch.totalJobs) (\(counts.joined(separator: ", ")))\(nominal)")
        if let reason = overview.storageProblem { output.line("waiting    \(reason)") }
        if let reason = overview.pendingReason ?? overview.unroutable { output.line("waiting    \(reason)") }
        for warning in batch.warnings ?? [] { output.line("warning    \(warning)") }
        if let reason = batch.stopReason { output.line("stopped    \(reason)") }
        output.line("seed       \(batch.seed)")
        output.line("created    \(WireJSON.timestamp(batch.createdAt))")
        if let end = batch.completedAt {
            output.line("completed  \(WireJSON.timestamp(end)), after \(NumberText.duration(end.timeIntervalSince(batch.createdAt)))")
        }
    }

    private func list(_ batches: [Batch]) throws {
        guard !controlPlane.json else { return try JSONOutput.print(["batches": batches]) }
        guard !batches.isEmpty else { return OutputStream.standard.line("no batches") }
        var table = TextTable(columns: [
            .init("batch"), .init("status"), .init("jobs", .right), .init("completed", .right), .init("failed", .right),
            .init("created"), .init("name"),
        ])
        table.rows = batches.map {
            [
                .init($0.batchID), .init($0.status.rawValue, $0.status.paint), .init("\($0.totalJobs)"), .init("\($0.completedJobs)"),
                .init("\($0.failedJobs)"), .init(WireJSON.timestamp($0.createdAt)), .init($0.name),
            ]
        }
        table.print()
    }
}

extension BatchStatus {
    var paint: Paint? {
        switch self {
        case .completed: .green
        case .failed: .red
        case .cancelled: .yellow
        case .pending, .running: nil
        }
    }
}
