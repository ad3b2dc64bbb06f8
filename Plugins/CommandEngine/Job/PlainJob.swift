import CommandDocument
import EngineABI
import EngineKit
import LynxModel
import Synchronization

/// A run that is one process whose end is waited for.
final class PlainJob: EngineJob {
    private let plan: RunPlan
    private let process = Mutex<GuardedProcess?>(nil)
    private let leftovers = Mutex(Leftovers())

    init(_ plan: RunPlan) { self.plan = plan }

    func launch() throws(EngineError) -> LaunchedProcess {
        let started = try GuardedProcess(plan.request)
        process.withLock { $0 = started }
        return LaunchedProcess(pid: started.pid, exitDescriptor: started.exitDescriptor)
    }

    func stop(_ reason: StopReason, deadline: UInt64) -> Bool {
        guard let process = process.withLock({ $0 }) else { return false }
        process.signal(plan.stopSignal.signal.number)
        return true
    }

    func terminate() { process.withLock { $0 }?.kill() }

    func reap() throws(EngineError) -> SimulationExit {
        guard let end = process.withLock({ $0 })?.reap() else {
            throw EngineError(lynx_status(LYNX_E_INTERNAL), "reap was called before launch or twice")
        }
        leftovers.withLock { $0 = end.leftovers }
        return CommandEnd.exit(end, plan)
    }

    func collect(into sink: borrowing ArtifactSink) throws(EngineError) {
        try CommandEnd.collect(plan, warnings: leftovers.withLock { $0.warnings }, into: sink)
    }
}
