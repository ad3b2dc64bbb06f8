import EngineKit
import EventLoop

/// A guarded process whose end a loop waits for.
final class RunningProcess {
    let process: GuardedProcess
    private var watch: Watch?

    /// - Parameter onEnd: called once, when the process and all it started is gone; its pid may be another's from then on.
    /// - Throws: when its end cannot be waited for; it is killed then.
    init(_ process: GuardedProcess, _ context: LoopContext, onEnd: @escaping (GuardedProcess.End, LoopContext) -> Void) throws(EngineError) {
        self.process = process
        do {
            watch = try context.watch(process.exitDescriptor, .readable) { [weak self] context, _ in
                self?.watch?.cancel()
                self?.watch = nil
                if let end = process.reap() { onEnd(end, context) }
            }
        } catch {
            process.kill()
            throw .resources("cannot wait for a process: \(error)")
        }
    }
}
