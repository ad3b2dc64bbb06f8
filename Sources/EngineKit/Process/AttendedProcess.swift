package import EventLoop

/// A guarded process whose end a loop waits for.
package final class AttendedProcess {
    package let process: GuardedProcess
    package private(set) var hasEnded = false
    private var watch: Watch?

    /// - Parameter onEnd: called once, when the process and everything it started has ended; its pid may be reused from then
    ///   on.
    /// - Throws: if its end cannot be waited for; the process has then been killed.
    package init(
        _ process: GuardedProcess, _ context: LoopContext, onEnd: @escaping (GuardedProcess.End, LoopContext) -> Void
    ) throws(EngineError) {
        self.process = process
        do {
            watch = try context.watch(process.exitDescriptor, .readable) { [weak self] context, _ in
                self?.watch?.cancel()
                self?.watch = nil
                self?.hasEnded = true
                if let end = process.reap() { onEnd(end, context) }
            }
        } catch {
            process.kill()
            throw .resources("cannot wait for a process: \(error)")
        }
    }
}
