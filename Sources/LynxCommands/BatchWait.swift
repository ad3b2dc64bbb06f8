import ArgumentParser
import LynxCLI
import LynxModel
import UnixSignals

/// Stays with a batch until it has ended, then shows and writes what it brought.
struct BatchWait {
    let api: APIClient
    let batchID: String
    let json: Bool
    let files: OutputFileOptions
    let maxOutage: Duration

    /// - Throws: `ExitCode` if a job did not complete, or if a signal came; the batch goes on then.
    func run() async throws {
        let status = StatusOutput()
        let signals = await Interrupts.trap()
        let signal = try await withThrowingTaskGroup(of: Int32?.self) { group in
            group.addTask { [api, batchID, maxOutage] in
                let watch = BatchWatch(api: api, batchID: batchID, maxOutage: maxOutage)
                try await watch.run(note: status.note) { status.show($0) }
                return nil
            }
            group.addTask {
                for await signal in signals { return signal.rawValue }
                // Cancelled: the batch has ended.
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            return first
        }
        status.finish()
        if let signal {
            status.note("detached; batch \(batchID) goes on. To look again: lynxctl wait \(batchID)")
            throw ExitCode(ExitStatus.signalled(signal))
        }
        var outage = Outage(limit: maxOutage, url: api.baseURL, note: status.note)
        let results = try await outage.bridge { try await BatchResults.fetch(batchID, from: api, samples: json) }
        try files.write(results)
        try ResultsOutput.print(results, json: json, showAll: false, howToSeeAll: "lynxctl results \(batchID) --all")
        if results.exitStatus != ExitStatus.success { throw ExitCode(results.exitStatus) }
    }
}
