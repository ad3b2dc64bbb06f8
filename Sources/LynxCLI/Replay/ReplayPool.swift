import Glibc
package import Logging
import LynxModel

/// Where runs are repeated: on the runners of a control plane, or on a runner of this process's own.
package struct ReplayPool: Sendable {
    package let api: APIClient
    /// Runs a batch to its end and gives its id.
    let run: @Sendable (BatchSubmission) async throws -> String

    /// The pool of a control plane. An interruption leaves the batch to itself.
    ///
    /// - Parameter maxOutage: how long the control plane may be away at a time.
    package static func pool(_ api: APIClient, maxOutage: Duration) -> ReplayPool {
        ReplayPool(api: api) { submission in
            let status = StatusOutput()
            let upload = BundleUpload(api: api) { status.note($0) }
            let receipt = try await api.submit(try await upload.resolved(submission))
            status.note("\(submission.name): batch \(receipt.batchID), \(NumberText.count(receipt.totalJobs, "run"))")
            if let obstacle = receipt.unroutable { status.note("its jobs wait for another runner: \(obstacle)") }
            try await BatchWatch(api: api, batchID: receipt.batchID, maxOutage: maxOutage).run(note: status.note) { status.show($0) }
            status.finish()
            return receipt.batchID
        }
    }

    /// A runner on this machine, with the ledger of a state directory.
    package struct Local: Sendable {
        let runnerHost: String
        let runnerConfig: String
        let state: String

        /// - Parameters:
        ///   - runnerHost: the program; nil for the one beside this one.
        ///   - state: the folder of the ledger and the logs.
        /// - Throws: `CLIError` if the runner cannot be started.
        package init(runnerHost: String?, runnerConfig: String, state: String) throws {
            guard access(runnerConfig, R_OK) == 0 else {
                throw CLIError.badInput("cannot read --runner-config \(runnerConfig): \(SystemMessage.text(errno))")
            }
            self.runnerConfig = runnerConfig
            self.runnerHost = try RunnerHostLocation.find(named: runnerHost)
            self.state = state
        }

        /// Lends the pool to `body`, with the exit code that it gives.
        package func with(
            _ embed: (_ ledger: String, _ logger: Logger, _ body: (any OwnControlPlane) async throws -> Int32) async throws -> Int32,
            _ body: @escaping (ReplayPool) async throws -> Int32
        ) async throws -> Int32 {
            let directory = try StateDirectory(path: state)
            let log = try FileLog(path: directory.controlPlaneLog)
            let (announce, runnerLog, record) = (directory.announcement, directory.runnerLog, directory.runnerRecord)
            return try await embed(directory.ledger, Logger(label: "lynx.control-plane") { _ in log }) { controlPlane in
                announce(controlPlane.url)
                return try await APIClient.with(baseURL: controlPlane.url) { api in
                    try await body(ReplayPool(api: api) { submission in
                        try await run(submission, on: controlPlane, api, runnerLog: runnerLog, record: RunnerRecord(path: record))
                    })
                }
            }
        }

        private func run(
            _ submission: BatchSubmission, on controlPlane: any OwnControlPlane, _ api: APIClient, runnerLog: String, record: RunnerRecord
        ) async throws -> String {
            let status = StatusOutput()
            try await record.awaitEarlier(telling: status)
            var study = Study(
                options: StudyOptions(work: .submit(submission), runnerHost: runnerHost, runnerConfig: runnerConfig), api: api, status: status,
                runnerLog: runnerLog, record: record, signals: await Interrupts.trap(),
                whereabouts: "runner-host's log \(runnerLog)", handOutOnly: { controlPlane.handOutOnly($0) })
            let end = await study.run()
            switch end.conclusion {
            case .finished: return end.batchID!
            case .interrupted(let signal): throw CLIError([], exitCode: ExitStatus.signalled(signal))
            case .runnerRefused(let exit):
                let own = ["runner-host \(exit.description) before it had registered; its log is \(runnerLog)"]
                throw CLIError(
                    end.runnerMessage.isEmpty ? own : end.runnerMessage,
                    exitCode: exit.status == ExitStatus.success ? ExitStatus.unavailable : exit.status)
            case .runnerKeepsDying(let exit):
                throw CLIError.unavailable("runner-host \(exit.description) again and again; its log is \(runnerLog)")
            case .failed(let error): throw error
            }
        }
    }

    /// Runs a batch whose jobs all repeat one run, and gives them by their place in it.
    func repeats(_ submission: BatchSubmission) async throws -> [ComparedRun] {
        let batchID = try await run(submission)
        var runs: [ComparedRun] = []
        for job in try await api.jobs(of: batchID) {
            do {
                runs.append(try await ComparedRun.fetch(job, api))
            } catch let error as CLIError where error.exitCode == ExitStatus.badInput {
                // It was run just now: what went wrong is not the input.
                throw CLIError.unavailable(error.reason)
            }
        }
        return runs
    }
}
