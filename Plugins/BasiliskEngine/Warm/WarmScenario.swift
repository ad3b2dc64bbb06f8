import EngineKit
import EventLoop
import Glibc
import Synchronization

/// One scenario's warm parent: it is learned and proved beside cold runs, then jobs are copied from it.
///
/// A job never depends on it: after any failure of the parent the job is started cold, and the log states the reason.
final class WarmScenario: Sendable {
    /// A job's process that was copied from the parent, and the proof that its result depends on.
    struct Start {
        var process: GuardedProcess
        var basis: String
    }

    private struct Parent {
        var process: WarmParent
        /// Resident memory in bytes when the parent became ready.
        var residentBytes = 0
        /// Whether jobs wait for the parent.
        var isPatient = true
    }

    private struct State {
        var course: WarmCourse
        var parent: Parent?
        var proof: ProofRecord?
        var saving: WarmPlan.Summary?
        var progress: WarmStore.Progress
        var jobsStarted = 0
        /// Whether there are partial results of an earlier start.
        var canResume = false
        /// Whether no more jobs are expected.
        var isRetired = false
    }

    /// Imports take seconds, and much longer on a busy machine; a parent that used no processor time for all these checks (10
    /// s) may never end.
    private static let patience = (looks: 100, milliseconds: Int32(100))
    private static let maxWaits = 12
    private static let maxGrowth = (factor: 2, bytes: 64 << 20)
    /// One loop for all scenarios: a proof competes with jobs, but not with other proofs.
    private static let worker = try? EventLoop(name: "lynx-warm")

    private let host: HostHandle
    private let scenario: Scenario
    private let image: WarmImage?
    private let store: WarmStore
    private let settings: CheckSettings
    private let hurry: Hurry
    /// The number of cold runs during earlier starts of the runner.
    private let coldRunsBefore: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - options: the settings that `settings` were read from: scenarios that differ in them do not share a proof.
    ///   - stateDirectory: the directory for results that persist over restarts of the runner; nil means a temporary folder.
    init(host: HostHandle, scenario: Scenario, settings: CheckSettings, options: EngineSettings, stateDirectory: String?) {
        self.host = host
        self.scenario = scenario
        self.settings = settings
        let image = Result { () throws(EngineError) in try WarmImage() }
        self.image = try? image.get()
        store = WarmStore(stateDirectory: stateDirectory, key: scenario.key(image: self.image?.bytes ?? [], options: CheckSettings.given(in: options)))
        let progress = store.progress()
        coldRunsBefore = progress.coldRuns
        let course = WarmCourse(coldRuns: progress.coldRuns, patience: settings.patience.runs(takingCold: progress.runSeconds, before: progress.coldRuns), beginsBeside: !settings.patience.expectsFew)
        hurry = Hurry(course.isHurried)
        state = Mutex(State(course: course, progress: progress))
        if case .failure(let error) = image { state.withLock { turnOff(&$0, error.message) } }
    }

    /// Loads the results of earlier starts; writes nothing. The calling thread has to live as long as the process.
    func start() {
        guard image != nil else { return }
        state.withLock { state in
            guard let proof = store.proof(), proof.isCurrent else {
                state.canResume = store.currentPlan() != nil
                return
            }
            let plan = WarmPlan.read(store.plan)
            state.proof = proof
            state.saving = plan?.summary
            switch proof.verdict {
            case .failed, .withdrawn: turnOff(&state, proof.reason)
            case .proven where plan?.clean == true: follow(state.course.prove(), &state)
            case .proven: break
            }
        }
    }

    /// Ends the parent for good; jobs that are still prepared start cold.
    func retire() {
        state.withLock { state in
            state.isRetired = true
            state.parent?.process.stop()
            state.parent = nil
            state.course.turnOff("other scenarios have taken its place")
        }
    }

    /// The present status. Any thread; the next launch, and the threads that wait, act on it.
    var status: WarmWorker {
        state.withLock { state in
            let saving = state.saving.map { summary in
                WarmWorker.Saving(
                    modules: summary.modules, modulesWarm: summary.modulesWarm, importSeconds: summary.importSeconds,
                    importSecondsWarm: summary.importSecondsWarm,
                    leftOut: summary.leftOut.sorted { $0.seconds > $1.seconds }.prefix(Self.shownLeftOut).map {
                        WarmWorker.LeftOut(module: $0.module, why: $0.why, seconds: $0.seconds)
                    })
            }
            var worker = WarmWorker(
                state: .starting, entrypoint: scenario.entrypoint, jobsStarted: state.jobsStarted, message: state.course.phase.description,
                saving: saving)
            worker.residentBytes = state.parent?.process.residentBytes ?? 0
            if let parent = state.parent, worker.residentBytes > 0 { worker.pid = parent.process.pid }
            if state.course.isTooFew { worker.message = "cold, as a proof takes longer than the runs of a small study save" }
            switch state.course.phase {
            case .off: worker.state = .off
            // A parent that has ended will be replaced.
            case .ready where worker.pid != 0: worker.state = .ready
            case .importing where worker.pid != 0 && state.parent?.process.receive(keeping: true) == .text("ready"):
                (worker.state, worker.message) = (.ready, "")
            default: break
            }
            return worker
        }
    }

    private static let shownLeftOut = 8

    /// Waits for a proven parent that is importing: all waiting jobs start sooner than if they imported beside it.
    func waitUntilReady() {
        let step = state.withLock { state in
            defer { state.canResume = false }
            return state.canResume ? state.course.resume() : .none
        }
        if step == .prove { proveInBackground() }
        guard let parent = awaited else { return }
        var used = 0
        for _ in 0..<Self.maxWaits {
            for _ in 0..<Self.patience.looks {
                // Another waiting thread may have received the message, and there is only one.
                if parent.waitForMessage(milliseconds: Self.patience.milliseconds) || awaited !== parent { return }
            }
            let now = parent.processorTicks
            if now == used { break }
            used = now
        }
        state.withLock { state in
            guard state.course.phase == .importing, state.parent?.process === parent else { return }
            state.parent?.isPatient = false
            host.log(.warning, "the imports of \(scenario.entrypoint) take long; jobs are started cold until they are done")
        }
    }

    /// The parent that jobs wait for; nil if there is none.
    private var awaited: WarmParent? {
        state.withLock { state in
            state.course.phase == .importing && state.parent?.isPatient == true ? state.parent?.process : nil
        }
    }

    /// Starts a job's process from the parent; nil if the job has to be started cold. Thread: `[launch]`.
    func launch(_ request: GuardedProcess.Request) throws(EngineError) -> Start? {
        let result = state.withLock { state in
            Result { () throws(EngineError) in try launch(request, &state) }
        }
        return try result.get()
    }

    private func launch(_ job: GuardedProcess.Request, _ state: inout State) throws(EngineError) -> Start? {
        if state.course.phase == .importing, let parent = state.parent { handle(parent.process.receive(), from: parent.process, &state) }
        guard state.course.phase == .ready, let parent = state.parent, let proof = state.proof else { return nil }
        let now = parent.process.residentBytes
        if now > Self.maxGrowth.factor * parent.residentBytes + Self.maxGrowth.bytes {
            host.log(
                .warning,
                "the warm parent (pid \(parent.process.pid)) has grown from \(parent.residentBytes >> 20) to \(now >> 20) MiB; a new one is started")
            follow(state.course.prove(), &state)
            return nil
        }
        switch try parent.process.start(job, variables: Scenario.ownVariables) {
        case .started(let process):
            state.course.jobStarted()
            state.jobsStarted += 1
            return Start(process: process, basis: proof.id)
        case .outdated: outdate("files that \(scenario.entrypoint) imports have changed", &state)
        case .failed(let message): lose(parent.process, message, &state)
        }
        return nil
    }

    private func handle(_ message: WarmParent.Message, from parent: WarmParent, _ state: inout State) {
        switch message {
        case .none: break
        case .gone: lose(parent, "it ended while it imported", &state)
        case .text("ready"): becomeReady(&state)
        case .text(let text) where text.hasPrefix("outdated"):
            outdate("what \(scenario.entrypoint) imports is not as it was (\(text.dropFirst(9)))", &state)
        case .text(let text):
            let why = WarmParent.reason(text)
            keepVerdict(.failed, why, &state)
            turnOff(&state, why)
        }
    }

    private func becomeReady(_ state: inout State) {
        guard let parent = state.parent?.process else { return }
        state.course.parentIsReady()
        state.parent?.residentBytes = parent.residentBytes
        host.log(
            .info,
            "warm parent of \(scenario.entrypoint) ready (pid \(parent.pid), \(parent.residentBytes >> 20) MiB)\(state.saving.map { ": \($0.description)" } ?? "")")
    }

    private func outdate(_ what: String, _ state: inout State) {
        state.parent?.process.stop()
        state.parent = nil
        state.proof = nil
        state.saving = nil
        store.forgetPlan()
        state.course.filesChanged()
        host.log(.info, "\(what); jobs are started cold until that is proved again")
    }

    private func lose(_ parent: WarmParent, _ message: String, _ state: inout State) {
        let step = state.course.parentIsLost(message)
        if case .off(let why) = state.course.phase { return turnOff(&state, why) }
        host.log(.warning, "the warm parent of \(scenario.entrypoint) (pid \(parent.pid)) is lost: \(message); a new one is started")
        follow(step, &state)
    }

    private func follow(_ step: WarmCourse.Step, _ state: inout State) {
        guard step == .startParent, let image else { return }
        state.parent?.process.stop()
        state.parent = nil
        do throws(EngineError) {
            state.parent = Parent(process: try WarmParent(image.parent(of: scenario, plan: store.plan)))
        } catch {
            turnOff(&state, error.message)
        }
    }

    private func turnOff(_ state: inout State, _ reason: String) {
        state.parent?.process.stop()
        state.parent = nil
        state.course.turnOff(reason)
        host.log(.warning, "jobs of \(scenario.entrypoint) are started cold from now on: \(reason)")
    }

    private func keepVerdict(_ verdict: ProofRecord.Verdict, _ reason: String, _ state: inout State) {
        guard var proof = state.proof else { return }
        proof.verdict = verdict
        proof.reason = reason
        state.proof = proof
        store.keep(proof)
    }
}

extension WarmScenario {
    /// Records the end of a job that was started cold.
    ///
    /// - Parameters:
    ///   - configuration: its run configuration as JSON.
    ///   - seconds: its duration.
    func coldRunEnded(_ configuration: [UInt8], success: Bool, seconds: Double) {
        let step = state.withLock { state in
            if state.isRetired { return WarmCourse.Step.none }
            if success, case .off = state.course.phase, image != nil, let proof = state.proof, !proof.isCurrent {
                state.proof = nil
                state.saving = nil
                state.course.filesChanged()
            }
            if success, state.course.phase == .cold { state.course.patience = settings.patience.runs(takingCold: seconds, before: coldRunsBefore) }
            let step = state.course.coldRunEnded(success: success)
            if !state.course.isHurried || (step == .prove && state.course.phase == .learning) {
                state.progress.coldRuns = state.course.coldRuns
                if success { state.progress.runSeconds = seconds }
                store.keep(state.progress)
            }
            return step
        }
        switch step {
        case .prove:
            if (try? store.prepare()) != nil { store.write(configuration, to: store.runConfig) }
            if state.withLock({ $0.course.isHurried }) { hurry.hurry() }
            proveInBackground()
        case .hurry: hurry.hurry()
        case .none, .startParent: break
        }
    }

    private func proveInBackground() {
        guard let worker = Self.worker else {
            return state.withLock { turnOff(&$0, "no thread is available for its proof") }
        }
        worker.execute { [self] _ in prove() }
    }

    /// Performs the proof; blocks until it is done.
    private func prove() {
        guard let image else { return }
        let seconds = state.withLock { $0.progress.runSeconds }
        let proof = Proof(
            scenario: scenario, store: store, image: image, comparison: RunComparison(ignoredNames: settings.ignoredKeys),
            runs: ProofRuns(scenario: scenario, store: store, hurry: hurry, runSeconds: seconds),
            report: { [self] phase in state.withLock { $0.course.proceed(to: phase) } })
        let outcome = proof.run()
        let step = state.withLock { state in
            guard !state.isRetired else {
                if case .proven(_, _, let parent?) = outcome { parent.stop() }
                return WarmCourse.Step.none
            }
            switch outcome {
            case .proven(let record, let plan, let parent):
                (state.proof, state.saving) = (record, plan.summary)
                let step = state.course.prove()
                if let parent {
                    state.parent = Parent(process: parent)
                    becomeReady(&state)
                } else {
                    follow(step, &state)
                }
            case .failed(let record, let plan):
                (state.proof, state.saving) = (record, plan?.summary)
                turnOff(&state, record.reason)
            case .changed: outdate("files that \(scenario.entrypoint) imports have changed", &state)
            case .postponed: return state.course.postpone()
            }
            return .none
        }
        if step == .prove { proveInBackground() }
    }

    /// The duration of a cold run divided by that of a warm run, as measured during the proof.
    var costOfCheck: Double { state.withLock { $0.proof?.costOfColdRun ?? 1 } }

    /// The places that differ between cold runs, so that a comparison is meaningless there.
    var notReproducible: [Place] { state.withLock { $0.proof?.notReproducible ?? [] } }

    /// Records places where two cold runs differed.
    func add(notReproducible places: Set<Place>) {
        state.withLock { state in
            guard var proof = state.proof else { return }
            proof.notReproducible = Set(proof.notReproducible).union(places).sorted()
            state.proof = proof
            store.keep(proof)
        }
    }

    /// Withdraws a proof because a run that was repeated cold had another result: all results that depend on the proof are
    /// retracted.
    ///
    /// - Parameter basis: the name of the proof.
    func withdraw(_ basis: String, _ reason: String) {
        state.withLock { state in
            guard state.proof?.id == basis, state.proof?.verdict == .proven else { return }
            keepVerdict(.withdrawn, reason, &state)
            turnOff(&state, reason)
        }
        host.resultBasis.retract(basis: basis, why: reason)
    }
}
