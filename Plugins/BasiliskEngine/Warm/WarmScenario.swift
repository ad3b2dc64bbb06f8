import EngineKit
import EventLoop
import Glibc
import Synchronization

/// One scenario's warm parent: learned and proved beside cold runs, then what jobs are copied from.
///
/// A job never needs it: whatever is wrong with the parent, the job is started cold, and the log says why.
final class WarmScenario: Sendable {
    /// A job's process that was copied from the parent, and the proof that its result rests on.
    struct Start {
        var process: GuardedProcess
        var basis: String
    }

    private struct Parent {
        var process: WarmParent
        /// Once it was ready.
        var residentBytes = 0
        /// Whether jobs wait for it.
        var isPatient = true
    }

    private struct State {
        var course: WarmCourse
        var parent: Parent?
        var proof: ProofRecord?
        var saving: WarmPlan.Summary?
        var progress: WarmStore.Progress
        var jobsStarted = 0
        /// Whether there is something of an earlier start to be taken up.
        var canResume = false
    }

    /// Imports take seconds, on a busy machine much longer; what used no processor for all these looks, 10 s, may never end.
    private static let patience = (looks: 100, milliseconds: Int32(100))
    private static let maxWaits = 12
    private static let maxGrowth = (factor: 2, bytes: 64 << 20)
    /// For all scenarios, one after the other: what is proved competes with jobs, and not with what else is proved.
    private static let worker = try? EventLoop(name: "lynx-warm")

    private let host: HostHandle
    private let scenario: Scenario
    private let image: WarmImage?
    private let store: WarmStore
    private let settings: CheckSettings
    private let hurry: Hurry
    /// At earlier starts of the runner.
    private let coldRunsBefore: Int
    private let state: Mutex<State>

    /// - Parameter stateDirectory: where it keeps what it finds out, from one start of the runner to the next.
    init(host: HostHandle, scenario: Scenario, settings: CheckSettings, stateDirectory: String?) {
        self.host = host
        self.scenario = scenario
        self.settings = settings
        let image = Result { () throws(EngineError) in try WarmImage() }
        self.image = try? image.get()
        store = WarmStore(stateDirectory: stateDirectory, key: scenario.key(image: self.image?.bytes ?? []))
        let progress = store.progress()
        coldRunsBefore = progress.coldRuns
        let course = WarmCourse(coldRuns: progress.coldRuns, patience: settings.patience.runs(takingCold: progress.runSeconds, before: progress.coldRuns), beginsBeside: !settings.patience.expectsFew)
        hurry = Hurry(course.isHurried)
        state = Mutex(State(course: course, progress: progress))
        if case .failure(let error) = image { state.withLock { turnOff(&$0, error.message) } }
    }

    /// Takes up what earlier starts found out; writes nothing. On a thread that lives as long as the process.
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

    /// What there is now. Any thread; what follows from it is left to the next launch, and to those who wait for it.
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
            // One that is gone will be replaced.
            case .ready where worker.pid != 0: worker.state = .ready
            case .importing where worker.pid != 0 && state.parent?.process.hear(keeping: true) == .said("ready"):
                (worker.state, worker.message) = (.ready, "")
            default: break
            }
            return worker
        }
    }

    private static let shownLeftOut = 8

    /// Waits for a proven parent that is importing: all that wait start sooner than if they imported beside it.
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
                // Its word may have been taken by another that waited, and then it says no more.
                if parent.waitForWord(milliseconds: Self.patience.milliseconds) || awaited !== parent { return }
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

    /// The parent that jobs wait for, if there is one.
    private var awaited: WarmParent? {
        state.withLock { state in
            state.course.phase == .importing && state.parent?.isPatient == true ? state.parent?.process : nil
        }
    }

    /// A process from the parent, or nil if the job is to be started cold. `[launch]`
    func launch(_ request: GuardedProcess.Request) throws(EngineError) -> Start? {
        let result = state.withLock { state in
            Result { () throws(EngineError) in try launch(request, &state) }
        }
        return try result.get()
    }

    private func launch(_ job: GuardedProcess.Request, _ state: inout State) throws(EngineError) -> Start? {
        if state.course.phase == .importing, let parent = state.parent { take(parent.process.hear(), from: parent.process, &state) }
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

    private func take(_ word: WarmParent.Word, from parent: WarmParent, _ state: inout State) {
        switch word {
        case .none: break
        case .gone: lose(parent, "it ended while it imported", &state)
        case .said("ready"): becomeReady(&state)
        case .said(let text) where text.hasPrefix("outdated"):
            outdate("what \(scenario.entrypoint) imports is not as it was (\(text.dropFirst(9)))", &state)
        case .said(let text):
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

// MARK: Proofs

extension WarmScenario {
    /// A job that was started cold is over.
    ///
    /// - Parameters:
    ///   - configuration: its run configuration, JSON.
    ///   - seconds: how long it took.
    func coldRunEnded(_ configuration: [UInt8], success: Bool, seconds: Double) {
        let step = state.withLock { state in
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
            return state.withLock { turnOff(&$0, "there is no thread to be had for its proof") }
        }
        worker.execute { [self] _ in prove() }
    }

    /// Blocks until it is done.
    private func prove() {
        guard let image else { return }
        let seconds = state.withLock { $0.progress.runSeconds }
        let proof = Proof(
            scenario: scenario, store: store, image: image, comparison: RunComparison(ignoredNames: settings.ignoredKeys),
            runs: ProofRuns(scenario: scenario, store: store, hurry: hurry, runSeconds: seconds),
            report: { [self] phase in state.withLock { $0.course.proceed(to: phase) } })
        let outcome = proof.run()
        let step = state.withLock { state in
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

    /// How many times as long as a warm run a cold one took when it was proved.
    var costOfCheck: Double { state.withLock { $0.proof?.costOfColdRun ?? 1 } }

    /// What cannot be told by comparison.
    var notReproducible: [Place] { state.withLock { $0.proof?.notReproducible ?? [] } }

    /// A cold run differed from another one there.
    func add(notReproducible places: Set<Place>) {
        state.withLock { state in
            guard var proof = state.proof else { return }
            proof.notReproducible = Set(proof.notReproducible).union(places).sorted()
            state.proof = proof
            store.keep(proof)
        }
    }

    /// A run that was repeated cold gave something else: whatever else rests on that proof is taken back.
    ///
    /// - Parameter basis: the proof.
    func withdraw(_ basis: String, _ reason: String) {
        state.withLock { state in
            guard state.proof?.id == basis, state.proof?.verdict == .proven else { return }
            keepVerdict(.withdrawn, reason, &state)
            turnOff(&state, reason)
        }
        host.resultBasis.retract(basis: basis, why: reason)
    }
}

extension WarmCourse.Phase: CustomStringConvertible {
    /// For a person; empty if there is nothing to say.
    var description: String {
        switch self {
        case .cold: "cold until a run has succeeded that can be learned from"
        case .learning: "learning from a cold run"
        case .vetting(let pass): "being proved: trying its imports out, pass \(pass)"
        case .proving(let step, let count): "being proved, step \(step) of \(count)"
        case .importing: "proven; its parent is importing"
        case .ready: ""
        case .off(let why): why
        }
    }
}

extension WarmPlan.Summary: CustomStringConvertible {
    /// Such as `412 of 430 modules, 1.8 of 1.9 s of imports; left out: tablecache (it makes memory that copies would share)`.
    var description: String {
        let share = "\(modulesWarm) of \(modules) modules, \(tenths(importSecondsWarm)) of \(tenths(importSeconds)) s of imports"
        guard !leftOut.isEmpty else { return share }
        let longest = leftOut.sorted { $0.seconds > $1.seconds }.prefix(3).map { "\($0.module) (\($0.why))" }
        let more = leftOut.count - longest.count
        return "\(share); left out: \(longest.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
    }

    private func tenths(_ seconds: Double) -> Double { (seconds * 100).rounded() / 100 }
}
