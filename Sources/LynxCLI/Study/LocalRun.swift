import FoundationEssentials
import Glibc
package import Logging
import LynxModel
import UnixSignals

/// A control plane that runs for one study alone.
package protocol OwnControlPlane: Sendable {
    var url: String { get }
    /// Whether it serves the page that shows studies.
    var hasPage: Bool { get }

    /// Makes a batch the only one whose jobs are handed out.
    func handOutOnly(_ batchID: String)
}

/// `lynxctl run` from the open state directory to the exit code: runs the study on a control plane of its own, and shows what
/// it brought.
package struct LocalRun: Sendable {
    /// Runs a control plane on a ledger for as long as the body does.
    package typealias Embed = (
        _ ledger: String, _ logger: Logger, _ body: (any OwnControlPlane) async throws -> Int32
    ) async throws -> Int32

    let options: StudyOptions
    let showAll: Bool
    let json: Bool
    /// Whether to show the study in the user's browser, and to stay when it is over, until a signal.
    let opensPage: Bool
    private let status = StatusOutput()
    private let begin = ContinuousClock.now

    package init(options: StudyOptions, showAll: Bool, json: Bool, opensPage: Bool = false) {
        self.options = options
        self.showAll = showAll
        self.json = json
        self.opensPage = opensPage
    }

    /// The exit code; everything there is to say has been said.
    package func perform(in directory: borrowing StateDirectory, _ embed: Embed) async throws -> Int32 {
        var paths = Paths(state: directory.path, ledger: directory.ledger, runnerLog: directory.runnerLog, runnerRecord: directory.runnerRecord)
        let log = try FileLog(path: directory.controlPlaneLog)
        let logger = Logger(label: "lynx.control-plane") { _ in log }
        let announce = directory.announcement
        return try await embed(paths.ledger, logger) { controlPlane in
            announce(controlPlane.url)
            paths.hasPage = controlPlane.hasPage
            let code = try await APIClient.with(baseURL: controlPlane.url) { api in
                try await perform(paths, controlPlane, api)
            }
            // Whoever has interrupted the study wants to be done with it.
            if opensPage, code <= ExitStatus.unavailable { await stay(controlPlane) }
            return code
        }
    }

    private struct Paths {
        var state: String
        var ledger: String
        var runnerLog: String
        var runnerRecord: String
        var hasPage = false
    }

    private func perform(_ paths: Paths, _ controlPlane: any OwnControlPlane, _ api: APIClient) async throws -> Int32 {
        let signals = await Interrupts.trap()
        if case .resume(let batchID) = options.work {
            // Before anything is started: a wrong id is the user's to mend, a batch that has ended only has to be shown.
            let batch = try await resumable(batchID, in: paths, api)
            if batch.status.isTerminal {
                status.note("\(batch.name): batch \(batchID) has ended, there is nothing to go on with")
                return try await showResults(batchID, paths, api)
            }
        }
        try await mentionUnfinished(paths, api)
        let record = RunnerRecord(path: paths.runnerRecord)
        try await record.awaitEarlier(telling: status)
        var study = Study(
            options: options, api: api, status: status, runnerLog: paths.runnerLog, record: record, signals: signals,
            whereabouts: "control plane \(api.baseURL), ledger \(paths.ledger), runner-host's log \(paths.runnerLog)",
            handOutOnly: { batchID in
                controlPlane.handOutOnly(batchID)
                showPage(of: batchID, controlPlane)
            })
        let end = await study.run()
        return try await conclude(end, paths, api)
    }

    private func showPage(of batchID: String, _ controlPlane: any OwnControlPlane) {
        guard controlPlane.hasPage else {
            if opensPage { status.note("there is no page to open: its files are not beside lynxctl") }
            return
        }
        let page = "\(controlPlane.url)/ui/#/study/\(batchID)"
        status.note("in a browser: \(page)")
        if opensPage, !Browser.open(page) { status.note("no browser was found to open it with; BROWSER names one") }
    }

    /// Serves the page after the study has ended, until a signal.
    private func stay(_ controlPlane: any OwnControlPlane) async {
        guard controlPlane.hasPage else { return }
        status.note("the page stays at \(controlPlane.url)/ui/ until Ctrl-C")
        for await _ in await Interrupts.trap() { return }
    }

    /// A command line, for a shell, that shows the study in a browser once more.
    private func pageCommand(_ paths: Paths) -> String {
        let program = CommandLine.arguments.first ?? "lynxctl"
        return ([program, "ui"] + (paths.state == StateDirectory.standardPath ? [] : [paths.state])).map(StudyOptions.quoted).joined(separator: " ")
    }

    private func resumable(_ batchID: String, in paths: Paths, _ api: APIClient) async throws -> Batch {
        do {
            return try await api.overview(of: batchID).batch
        } catch let error as CLIError where error.exitCode == ExitStatus.badInput {
            let open = try await api.batches().filter { !$0.status.isTerminal }.map(\.batchID)
            let known = open.isEmpty ? "it has no unfinished batch" : "unfinished there: \(open.joined(separator: ", "))"
            throw CLIError.badInput("there is no batch '\(batchID)' in \(paths.ledger); \(known)")
        }
    }

    private func mentionUnfinished(_ paths: Paths, _ api: APIClient) async throws {
        guard case .submit = options.work else { return }
        let open = try await api.batches().filter { !$0.status.isTerminal }
        guard let first = open.first else { return }
        let which = open.count == 1 ? "batch \(first.batchID)" : "\(open.count) batches"
        status.note("\(which) of an earlier run is unfinished; go on with: \(options.resumeCommand(batchID: first.batchID, state: paths.state))")
    }

    private func conclude(_ end: Study.End, _ paths: Paths, _ api: APIClient) async throws -> Int32 {
        switch end.conclusion {
        case .finished:
            return try await showResults(end.batchID!, paths, api)
        case .interrupted(let signal):
            if let batchID = end.batchID {
                _ = try await showResults(batchID, paths, api)
            } else if case .resume(let batchID) = options.work {
                status.note("stopped before it went on; go on with: \(options.resumeCommand(batchID: batchID, state: paths.state))")
            } else {
                status.note("stopped before anything was submitted")
            }
            return ExitStatus.signalled(signal)
        case .runnerRefused(let exit):
            return refused(exit, end.runnerMessage, paths)
        case .runnerKeepsDying(let exit):
            for line in end.runnerMessage { status.note(line) }
            status.note("lynxctl: runner-host \(exit.description) again and again; its log is \(paths.runnerLog)")
            if let batchID = end.batchID { _ = try await showResults(batchID, paths, api) }
            return ExitStatus.unavailable
        case .failed(let error):
            if let batchID = end.batchID {
                status.note("when it is mended, go on with: \(options.resumeCommand(batchID: batchID, state: paths.state))")
            }
            throw error
        }
    }

    /// The runner's own message says what is wrong; a line of ours only where it gave none that a person could act on.
    private func refused(_ exit: ProcessExit, _ message: [String], _ paths: Paths) -> Int32 {
        for line in message { status.note(line) }
        if message.isEmpty || exit != .code(ExitStatus.badInput) {
            status.note("lynxctl: runner-host \(exit.description) before it had registered; its log is \(paths.runnerLog)")
        }
        return exit.status == ExitStatus.success ? ExitStatus.unavailable : exit.status
    }

    private func showResults(_ batchID: String, _ paths: Paths, _ api: APIClient) async throws -> Int32 {
        let results = try await BatchResults.fetch(batchID, from: api, samples: json)
        let wall = NumberText.duration((ContinuousClock.now - begin) / .seconds(1))
        try ResultsOutput.print(
            results, json: json, showAll: showAll, finishedOnly: true,
            howToSeeAll: options.resumeCommand(batchID: batchID, state: paths.state) + " --all",
            totals: ["wall time \(wall)"])
        if !json { OutputStream.standard.line("batch \(batchID), seed \(results.batch.seed), ledger \(paths.ledger)") }
        if !json, !opensPage, paths.hasPage { status.note("in a browser: \(pageCommand(paths))") }
        if !results.batch.status.isTerminal {
            status.note("not finished; go on with: \(options.resumeCommand(batchID: batchID, state: paths.state))")
        }
        return results.exitStatus
    }
}
