import CommandDocument
import EngineKit
import Glibc
import LynxModel
import Support

/// What the end of a run's command means, and what is left to collect.
enum CommandEnd {
    /// - Parameter wasAsked: whether the command was asked to end, by the option `stop`.
    static func exit(_ end: GuardedProcess.End, _ plan: RunPlan, wasAsked: Bool = false) -> SimulationExit {
        var exit = SimulationExit.byExitCode(end, stderrPath: plan.files.stderr)
        if end.guardianLost { return exit }
        let isOwnStop = wasAsked && (end.exitSignal == plan.stopSignal.signal.number || end.exitSignal == SIGKILL
            // As shells and interpreters tell of a signal that they handled.
            || end.exitCode == 128 + plan.stopSignal.signal.number)
        let meaning = isOwnStop ? .success : plan.exitCodes.meaning(code: end.exitCode, signal: end.exitSignal)
        switch meaning {
        case .success:
            exit.success = true
            exit.message = ""
        case .failure, .simulatorFault, .invalid:
            if exit.success { exit.message = "exit code 0, which exit_codes counts as \(meaning.rawValue)" }
            exit.success = false
            exit.retryable = meaning != .invalid
            exit.failureClass = meaning == .simulatorFault ? .simulator : .simulation
        }
        return exit
    }

    /// Reads the results of a run, and reports its files.
    static func collect(_ plan: RunPlan, warnings: [String], into sink: borrowing ArtifactSink) throws(EngineError) {
        var collector = ArtifactCollector()
        collector.passedOver = plan.placed.untouched
        // The program has its results in files of its own already.
        if !plan.results.isEmpty, access("\(plan.files.output)/\(RunResults.file)", F_OK) != 0 { collector.passedOver.insert(RunResults.file) }
        for warning in warnings + RunResults.write(plan.results, to: plan.files.output) { sink.warning(warning) }
        // Results may stand in what is cut off.
        if let cap = plan.cutsOutputTo { LogCut.cut(plan.files.stdout, to: cap) }
        try collector.collect(directory: plan.files.output, into: sink)
    }
}
