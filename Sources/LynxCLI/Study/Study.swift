import FoundationEssentials
import Glibc
import LynxModel
import UnixSignals

/// One study on this machine: drives `StudyMachine` with a real runner, real signals and the control plane's API.
struct Study {
    struct End: Sendable {
        var conclusion: StudyMachine.Conclusion
        /// Nil when it ended before anything was submitted.
        var batchID: String?
        /// What the runner wrote before it went, for `.runnerRefused` and `.runnerKeepsDying`.
        var runnerMessage: [String]
    }

    let options: StudyOptions
    let api: APIClient
    let status: StatusOutput
    let runnerLog: String
    let record: RunnerRecord
    let signals: UnixSignalsSequence
    /// One line on where everything is, told when the runner is there: before that only what is wrong counts.
    let whereabouts: String
    /// Makes a batch the only one whose jobs are handed out.
    let handOutOnly: @Sendable (_ batchID: String) async throws -> Void

    private let events: AsyncStream<StudyMachine.Event>
    private let sender: AsyncStream<StudyMachine.Event>.Continuation
    private var machine = StudyMachine()
    private var runner: RunnerProcess?
    private var logStart = 0
    private var batchID: String?
    private var runnerID: String?

    /// How long a runner with nothing left to do, or told to stop at once, has to end by itself.
    /// Longer than the runner itself waits for an acknowledgement.
    private static let grace = Duration.seconds(60)

    /// How long the control plane, which is in this process, may give no answer.
    private static let maxOutage = Duration.seconds(5)

    init(
        options: StudyOptions, api: APIClient, status: StatusOutput, runnerLog: String, record: RunnerRecord, signals: UnixSignalsSequence,
        whereabouts: String, handOutOnly: @escaping @Sendable (_ batchID: String) async throws -> Void
    ) {
        self.options = options
        self.api = api
        self.status = status
        self.runnerLog = runnerLog
        self.record = record
        self.signals = signals
        self.whereabouts = whereabouts
        self.handOutOnly = handOutOnly
        (events, sender) = AsyncStream.makeStream()
    }

    /// Returns when the study is over and the runner has ended.
    mutating func run() async -> End {
        await withDiscardingTaskGroup { group in
            group.addTask { [signals, sender] in
                for await signal in signals { sender.yield(.interrupted(signal.rawValue)) }
            }
            let registration = RegistrationWatch(api: api, since: Date(), runnerLog: runnerLog)
            await launch(&group)
            group.addTask { [sender, status] in
                if await registration.wait(telling: status) { sender.yield(.registered) }
            }
            for await event in events {
                // It may have registered and died between two looks.
                if case .runnerExited = event, batchID == nil, await registration.runner() != nil {
                    _ = await perform(machine.handle(.registered), registration, &group)
                }
                if let conclusion = await perform(machine.handle(event), registration, &group) {
                    group.cancelAll()
                    status.finish()
                    record.remove()
                    return End(
                        conclusion: conclusion, batchID: batchID,
                        runnerMessage: LogTail.lines(of: runnerLog, from: logStart))
                }
            }
            preconditionFailure("the study's events ended before the study: its sender is never finished")
        }
    }

    private mutating func perform(
        _ actions: [StudyMachine.Action], _ registration: RegistrationWatch, _ group: inout DiscardingTaskGroup
    ) async -> StudyMachine.Conclusion? {
        for action in actions {
            switch action {
            case .begin: await begin(with: registration, &group)
            case .startRunner: await launch(&group)
            case .scheduleRestart(let number, let exit):
                status.note("runner-host \(exit.description); starting it again (\(number) of \(StudyMachine.mostRestarts))")
                send(.restartDue, after: .milliseconds(250 << number), &group)
            case .terminateRunner: runner?.terminate()
            case .killRunner: runner?.kill()
            case .startGrace: send(.graceExpired, after: Self.grace, &group)
            case .lookAgain: lookAgain(&group)
            case .goOn: watch(&group)
            case .sayDraining:
                status.note("stopping: running jobs may finish, no new ones start; once more to stop at once")
            case .sayStopping: status.note("stopping at once: running jobs are killed")
            case .lookInto(let obstacle): await lookInto(obstacle)
            case .conclude(let conclusion): return conclusion
            }
        }
        return nil
    }

    private func send(_ event: StudyMachine.Event, after delay: Duration, _ group: inout DiscardingTaskGroup) {
        group.addTask { [sender] in
            do { try await Task.sleep(for: delay) } catch { return }
            sender.yield(event)
        }
    }

    private mutating func launch(_ group: inout DiscardingTaskGroup) async {
        logStart = LogTail.size(of: runnerLog)
        do {
            let arguments = options.runnerArguments(controlPlane: api.baseURL, parent: getpid())
            let process = try await RunnerProcess.spawn(options.runnerHost, arguments, log: runnerLog)
            runner = process
            record.write(process.pid)
            group.addTask { [sender] in sender.yield(.runnerExited(await process.exit())) }
        } catch {
            fail(error)
            // To the machine a runner that could not start is one that ended.
            sender.yield(.runnerExited(.code(ExitStatus.unavailable)))
        }
    }

    private mutating func begin(with registration: RegistrationWatch, _ group: inout DiscardingTaskGroup) async {
        do {
            guard let runner = await registration.runner() else { return fail(CLIError.unavailable("runner-host is gone")) }
            runnerID = runner.runnerID
            let start = StudyStart(options: options, api: api, status: status)
            try await start.check(runner)
            status.note(whereabouts)
            let batch = try await start.prepare()
            try await start.lift(runner.quarantine, of: runner)
            try await handOutOnly(batch.batchID)
            batchID = batch.batchID
            watch(&group)
        } catch {
            fail(error)
        }
    }

    private func watch(_ group: inout DiscardingTaskGroup) {
        guard let batchID else { return }
        let watch = BatchWatch(api: api, batchID: batchID, maxOutage: Self.maxOutage)
        group.addTask { [sender, status] in
            do {
                try await watch.run(note: { sender.yield(.obstacle($0)) }) { snapshot in
                    status.show(snapshot)
                    sender.yield(.progressed(finished: snapshot.finished))
                }
                sender.yield(.batchEnded)
            } catch is CancellationError {
            } catch {
                sender.yield(.failed(CLIError(wrapping: error)))
            }
        }
    }

    private func lookAgain(_ group: inout DiscardingTaskGroup) {
        guard let batchID else { return }
        group.addTask { [api, sender, status] in
            do {
                let batch = try await api.overview(of: batchID).batch
                let isOver = batch.status.isTerminal
                if !isOver { status.note("the study goes on: \((batch.warnings ?? ["some of its jobs run again"]).joined(separator: "; "))") }
                sender.yield(.looked(isOver: isOver))
            } catch is CancellationError {
            } catch {
                sender.yield(.failed(CLIError(wrapping: error)))
            }
        }
    }

    /// Ends the study for what only a person can mend; what passes is told.
    private func lookInto(_ obstacle: String) async {
        guard let batchID, let runner = try? await api.runners().first(where: { $0.runnerID == runnerID }), runner.status != .offline,
            let overview = try? await api.overview(of: batchID), let reason = overview.unroutable ?? overview.pendingReason
        else { return }
        let troubles = runner.engines.compactMap(\.trouble)
        if runner.quarantine != nil || troubles.contains(where: { $0.retryAt == nil }) {
            sender.yield(.halted(.unavailable("the jobs that wait can't be run: \(reason)")))
        } else if troubles.isEmpty, runner.status != .maintenance, overview.unroutable != nil {
            sender.yield(.halted(.badInput("the jobs that wait can't be run: \(reason)")))
        } else {
            status.note(obstacle)
        }
    }

    private func fail(_ error: any Error) {
        sender.yield(.failed(CLIError(wrapping: error)))
    }
}
