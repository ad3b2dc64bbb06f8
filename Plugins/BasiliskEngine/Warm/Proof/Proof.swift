import EngineKit
import FoundationEssentials

/// Learns from a run of the scenario which imports can be done beforehand, and proves that runs started that way have the
/// results of fresh processes. It blocks, so it has its own thread.
struct Proof {
    enum Outcome {
        /// - parent: a parent that can serve jobs, if there already is one.
        case proven(ProofRecord, WarmPlan, parent: WarmParent?)
        case failed(ProofRecord, WarmPlan?)
        case changed
        case postponed
    }

    private static let maxPasses = 6
    private static let warmRuns = 3

    let scenario: Scenario
    let store: WarmStore
    let image: WarmImage
    let comparison: RunComparison
    let runs: ProofRuns
    let report: (WarmCourse.Phase) -> Void

    func run() -> Outcome {
        var cold: [RunRecord] = []
        while true {
            do {
                return try attempt(&cold)
            } catch ProofSetback.hurried {
                continue
            } catch ProofSetback.postponed {
                return .postponed
            } catch ProofSetback.changed {
                store.forgetPlan()
                return .changed
            } catch ProofSetback.failed(let why) {
                return failed(why)
            } catch let error as EngineError {
                return failed(error.message)
            } catch {
                return failed("\(error)")
            }
        }
    }

    private func failed(_ why: String) -> Outcome {
        let plan = WarmPlan.read(store.plan)
        let record = ProofRecord(.failed, reason: why, scenario, plan: plan)
        store.keep(record)
        return .failed(record, plan)
    }

    private func attempt(_ cold: inout [RunRecord]) throws -> Outcome {
        try store.prepare()
        guard store.write(image.bytes, to: store.image) else { throw ProofSetback.failed("cannot write to \(store.folder)") }
        let plan = try vetted(try learned(&cold))
        if let objection = plan.summary.objection { throw ProofSetback.failed(objection) }
        return try prove(plan, &cold)
    }

    private func learned(_ cold: inout [RunRecord]) throws -> WarmPlan {
        if let plan = store.currentPlan() { return plan }
        store.forgetPlan()
        report(.learning)
        let run = try runs.cold("learn", adding: image.environment(.learn, of: scenario, boot: store.image, plan: store.plan))
        guard let plan = WarmPlan.read(store.plan) else {
            throw ProofSetback.failed(
                run.end == "exit code 0" ? "its imports cannot be recorded, as it ends in another way than Python does" : "a run that was to be learned from ended with \(run.end)")
        }
        cold = [run]
        return plan
    }

    private func vetted(_ learned: WarmPlan) throws -> WarmPlan {
        var plan = learned
        var pass = 0
        while !plan.clean {
            pass += 1
            guard pass <= Self.maxPasses else { throw ProofSetback.failed("its imports differ each time") }
            report(.vetting(pass: pass))
            let environment = scenario.environment().merging(image.environment(.vet, of: scenario, boot: store.image, plan: store.plan)) { $1 }
            let end = try runs.other("vet", environment: environment)
            guard end.exitCode == 0, let next = WarmPlan.read(store.plan) else {
                let said = LogTail.read(JobFiles(directory: store.work + "/vet").stderr).last
                throw ProofSetback.failed("its imports cannot be done beforehand\(said.map { ": \($0)" } ?? "")")
            }
            plan = next
        }
        return plan
    }

    private func prove(_ plan: WarmPlan, _ cold: inout [RunRecord]) throws -> Outcome {
        let all = 2 - min(cold.count, 2) + 1 + Self.warmRuns + 1
        var step = 0
        func next() {
            step += 1
            report(.proving(step: step, of: all))
        }
        while cold.count < 2 {
            next()
            cold.append(try runs.cold("cold-\(cold.count + 1)"))
        }
        var known = comparison.differences(cold[0], cold[1])
        next()
        let parent = try runs.start(image.parent(of: scenario, plan: store.plan))
        var warm: [RunRecord] = []
        while warm.count < Self.warmRuns {
            if warm.count == 1 {
                next()
                let half = max(0, cold[1].seconds - plan.summary.importSecondsWarm) / 2
                _ = try runs.warm("killed", from: parent, killedAfter: Int(half * 1000))
            }
            next()
            let run = try runs.warm("warm-\(warm.count + 1)", from: parent)
            try check(run, against: &cold, &known)
            warm.append(run)
        }
        if let place = SharedChance(cold: cold, warm: warm).find(in: known) {
            throw ProofSetback.failed("\(place) differs between fresh processes, but is the same in all copies")
        }
        guard store.currentPlan() != nil else { throw ProofSetback.changed }
        var record = ProofRecord(.proven, scenario, plan: plan)
        record.notReproducible = known.sorted()
        let names = cold.indices.map { "cold-\($0 + 1)" } + warm.indices.map { "warm-\($0 + 1)" }
        record.runs = zip(names, cold + warm).map { ProofRecord.Run(name: $0, seconds: $1.seconds, end: $1.end) }
        store.keep(record)
        try? FileManager.default.removeItem(atPath: store.work)
        return .proven(record, plan, parent: runs.canServe(parent) ? parent : nil)
    }

    /// - Throws: if the run differs where cold runs do not. Cold runs may have agreed by accident, so a further one is
    ///   compared first.
    private func check(_ run: RunRecord, against cold: inout [RunRecord], _ known: inout Set<Place>) throws {
        let differences = comparison.differences(cold[1], run)
        guard !RunComparison.unexplained(differences, by: known).isEmpty else { return }
        let further = try runs.cold("cold-\(cold.count + 1)")
        for run in cold { known.formUnion(comparison.differences(run, further)) }
        cold.append(further)
        let left = RunComparison.unexplained(differences, by: known)
        guard left.isEmpty else { throw ProofSetback.failed("\(left.summary) differs between a copy and fresh processes") }
    }
}
