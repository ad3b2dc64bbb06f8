import ArgumentParser
import LynxCLI
import LynxModel

struct SubmitCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "submit", abstract: "Submit a batch to a control plane.",
        discussion: """
            EXAMPLES:
              lynxctl submit study.yaml
              lynxctl submit study.yaml --runs 500 --seed 42 --wait
              lynxctl submit study.yaml --wait --junit jobs.xml --summary "$GITHUB_STEP_SUMMARY"
              lynxctl submit study.yaml --json | jq -r .batch_id

            With --wait the exit code is 0 only if every job completed, and 1 if not. Ctrl-C leaves the batch running.
            """)

    @Argument(help: ArgumentHelp("The batch file (YAML).", valueName: "batch.yaml"))
    var batch: String

    @OptionGroup var changes: SubmissionOptions

    @Flag(help: "Stay until the batch has ended, and print its results.")
    var wait = false

    @OptionGroup var files: OutputFileOptions

    @OptionGroup var patience: PatienceOptions

    @OptionGroup var controlPlane: ControlPlaneOptions

    func validate() throws {
        if files.areWanted, !wait { throw ValidationError("--junit, --summary and --results are written when the batch has ended: add --wait.") }
    }

    func run() async throws {
        let submission = try BatchFile.read(batch, changes)
        try files.check()
        try await controlPlane.withAPI { api in
            let upload = BundleUpload(api: api) { OutputStream.error.line($0) }
            let receipt = try await api.submit(try await upload.resolved(submission))
            if let obstacle = receipt.unroutable { OutputStream.error.line("its jobs wait for another runner: \(obstacle)") }
            guard wait else { return try show(receipt) }
            OutputStream.error.line("batch \(receipt.batchID), \(NumberText.count(receipt.totalJobs, "job"))")
            try await BatchWait(api: api, batchID: receipt.batchID, json: controlPlane.json, files: files, maxOutage: patience.limit).run()
        }
    }

    private func show(_ receipt: BatchReceipt) throws {
        guard !controlPlane.json else { return try JSONOutput.print(receipt) }
        let estimate = NumberText.duration(receipt.estimatedCompletionTimeMins * 60)
        OutputStream.standard.line("batch \(receipt.batchID), \(NumberText.count(receipt.totalJobs, "job")), done in about \(estimate)")
        OutputStream.error.line("follow it with 'lynxctl status \(receipt.batchID) --watch'")
    }
}
